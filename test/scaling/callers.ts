import { Agent, request } from "undici";

/** A call that did not end as it should. */
export interface Failed {
  readonly at: number;
  readonly status: number;
  readonly detail: string;
}

/** Callers that go on until they are stopped. */
export interface Callers {
  readonly failed: readonly Failed[];
  answered(): number;
  /** Lets what is under way end. */
  stop(): Promise<void>;
}

const HOST = "http://gateway.test:8080";

/**
 * Callers over kept connections. A new connection goes to one of the gateways that are listed at that time, by turns, as
 * behind a Service or an Ingress.
 */
export class Ingress {
  readonly #agent: Agent;
  readonly #callers: Callers[] = [];
  #turn = 0;

  constructor(gateways: () => readonly string[]) {
    const lookup = (_host: string, options: { all?: boolean }, done: (error: Error | null, address: unknown, family?: number) => void) => {
      const listed = gateways();
      const address = listed[this.#turn++ % listed.length];
      if (address === undefined) return done(new Error("no gateway is listed"), "");
      if (options.all === true) return done(null, [{ address, family: 4 }]);
      return done(null, address, 4);
    };
    this.#agent = new Agent({ connections: 64, headersTimeout: 60_000, bodyTimeout: 60_000, connect: { lookup: lookup as never } });
  }

  /** Sends a chat and reads the whole answer. */
  async chat(body: Record<string, unknown>): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await this.#send(body);
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** Sends a chat, and tells when the first of its answer came and what it was in the end, cut or not. */
  async stream(body: Record<string, unknown>): Promise<{ readonly status: number; readonly begun: Promise<void>; readonly text: Promise<string> }> {
    const { statusCode: status, body: stream } = await this.#send(body);
    let text = "";
    const ended = new Promise<string>((resolve) => {
      stream.on("end", () => resolve(text));
      stream.on("error", () => resolve(text));
    });
    const begun = new Promise<void>((resolve) => stream.once("data", () => resolve()));
    stream.setEncoding("utf8").on("data", (part: string) => (text += part));
    return { status, begun, text: ended };
  }

  #send(body: Record<string, unknown>) {
    const headers = { "content-type": "application/json" };
    return request(`${HOST}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(body), dispatcher: this.#agent });
  }

  /** A number of callers, each of which sends its next call when the one before is answered. */
  start(callers: number, body: Record<string, unknown>, isWhole: (text: string) => boolean): Callers {
    const failed: Failed[] = [];
    let answered = 0;
    const stopping = new AbortController();
    const one = async () => {
      const { status, text } = await this.chat(body).catch((error: unknown) => ({ status: 0, text: String(error) }));
      if (status === 200 && isWhole(text)) answered += 1;
      else failed.push({ at: Date.now(), status, detail: text.slice(-500) });
    };
    const running = Array.from({ length: callers }, async () => {
      while (!stopping.signal.aborted) await one();
    });
    const started = {
      failed,
      answered: () => answered,
      async stop() {
        stopping.abort();
        await Promise.all(running);
      },
    };
    this.#callers.push(started);
    return started;
  }

  /** Ends everything, answered or not. */
  async close(): Promise<void> {
    const stopping = this.#callers.map((callers) => callers.stop());
    await this.#agent.destroy();
    await Promise.all(stopping);
  }
}
