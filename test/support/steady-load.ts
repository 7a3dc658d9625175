import { Agent, request } from "undici";

/** What became of a request of the load. */
export interface Sent {
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0: no answer. */
  readonly status: number;
  readonly detail: string;
}

/** A steady load that goes on until it is stopped. */
export interface SteadyLoad {
  /** All requests that ended so far. */
  readonly sent: readonly Sent[];
  /** Lets what is under way end, and tells all. */
  stop(): Promise<readonly Sent[]>;
}

/** Sends a request every few milliseconds, whether or not earlier ones have ended. */
export function startLoad(url: string, body: () => unknown, everyMs: number): SteadyLoad {
  const agent = new Agent({ connections: 256, headersTimeout: 30_000 });
  const sent: Sent[] = [];
  const under = new Set<Promise<void>>();
  const one = async () => {
    const startedAt = Date.now();
    const end = (status: number, detail: string) => void sent.push({ startedAt, endedAt: Date.now(), status, detail });
    try {
      const answer = await request(url, { method: "POST", body: JSON.stringify(body()), headers: { "content-type": "application/json" }, dispatcher: agent });
      end(answer.statusCode, await answer.body.text());
    } catch (error) {
      end(0, error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(() => {
    const sending = one().finally(() => under.delete(sending));
    under.add(sending);
  }, everyMs);
  return {
    sent,
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      await agent.close();
      return sent;
    },
  };
}
