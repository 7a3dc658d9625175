import { pause } from "@fairlead/rpc/pause";
import { guardedLookup, RefusedAddressError } from "@fairlead/runtime/guarded-lookup";
import { isPrivateAddress } from "@fairlead/runtime/private-address";
import { Webhook } from "standardwebhooks";
import { Agent, request } from "undici";
import type { WebhookConfig } from "../webhook-config.ts";

/** A message for an endpoint. */
export interface WebhookMessage {
  /** The same for each attempt, so that its receiver acts once. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

/** What became of a message or an attempt. */
export type DeliveryOutcome = "delivered" | "retried" | "given_up" | "refused" | "dropped";

/** What an endpoint needs. */
export interface EndpointTools {
  readonly now: () => number;
  readonly count: (outcome: DeliveryOutcome) => void;
  /** Told of failures; neither the address's query nor the secret is in the reason. */
  readonly problem: (reason: string) => void;
}

/** Messages that wait for one endpoint at most; the oldest makes room. */
const MOST_WAITING = 1_000;
const MOST_BACKOFF_MS = 300_000;
/** Bytes of an answer that are read before the connection is dropped. */
const MOST_ANSWER_BYTES = 65_536;
/** Statuses of the 4xx kind after which another attempt may succeed. */
const PASSING = new Set([408, 409, 425, 429]);

interface Waiting {
  readonly message: WebhookMessage;
  readonly done: (delivered: boolean) => void;
}

/**
 * An endpoint that is told of alerts by the Standard Webhooks convention: each message has an id, a time and an HMAC-SHA256
 * signature. Messages go one after the other; a failed one is tried again with exponential backoff and full jitter.
 */
export class WebhookEndpoint {
  readonly #config: WebhookConfig;
  readonly #signer: Webhook;
  readonly #tools: EndpointTools;
  readonly #agent: Agent;
  readonly #closing = new AbortController();
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(config: WebhookConfig, secret: string, tools: EndpointTools) {
    this.#config = config;
    this.#signer = new Webhook(secret);
    this.#tools = tools;
    const connect = { timeout: config.timeout, ...(config.allowPrivate ? {} : { lookup: publicLookup }) };
    this.#agent = new Agent({ connect, connections: 1, pipelining: 1, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 });
  }

  /** Sends a message; resolves to whether it was delivered in the end. Never rejects. */
  send(message: WebhookMessage): Promise<boolean> {
    return new Promise((done) => {
      this.#waiting.push({ message, done });
      if (this.#waiting.length > MOST_WAITING) this.#drop(this.#waiting.shift());
      this.#start();
    });
  }

  /** Ends attempts under way; what waits is dropped here, and sent by who looks after the alerts next. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.#agent.destroy();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // A message may have come between the last look and the end of the run.
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#closing.signal.aborted) this.#drop(next);
      else next.done(await this.#deliver(next.message));
    }
  }

  #drop(waiting: Waiting | undefined): void {
    this.#tools.count("dropped");
    waiting?.done(false);
  }

  async #deliver(message: WebhookMessage): Promise<boolean> {
    const { attempts, backoff } = this.#config;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const outcome = await this.#attempt(message);
      if (outcome === "delivered" || outcome === "refused" || this.#closing.signal.aborted) {
        this.#tools.count(outcome === "failed" ? "dropped" : outcome);
        return outcome === "delivered";
      }
      if (attempt === attempts) break;
      this.#tools.count("retried");
      const most = Math.min(MOST_BACKOFF_MS, backoff * 2 ** (attempt - 1));
      await pause(Math.random() * most, this.#closing.signal, true);
    }
    this.#tools.count("given_up");
    return false;
  }

  /** One attempt. A redirect is refused: it could lead anywhere, and what it leads to was not configured. */
  async #attempt({ id, body }: WebhookMessage): Promise<"delivered" | "refused" | "failed"> {
    const at = new Date(this.#tools.now());
    try {
      const answer = await request(this.#address(), {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "user-agent": "Fairlead",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
          "webhook-signature": this.#signer.sign(id, at, body),
        },
        dispatcher: this.#agent,
        headersTimeout: this.#config.timeout,
        bodyTimeout: this.#config.timeout,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#config.timeout)]),
      });
      await answer.body.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined);
      return this.#judge(answer.statusCode);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#tools.problem(error instanceof RefusedAddressError ? error.message : `no answer (${reasonOf(error)})`);
      return error instanceof RefusedAddressError ? "refused" : "failed";
    }
  }

  #judge(status: number): "delivered" | "refused" | "failed" {
    if (status >= 200 && status < 300) return "delivered";
    this.#tools.problem(status >= 300 && status < 400 ? `a redirect with status ${status}, which is not followed` : `status ${status}`);
    return status >= 500 || PASSING.has(status) ? "failed" : "refused";
  }

  /** An address in numbers is never looked up, so it is held against the list here. */
  #address(): string {
    const host = new URL(this.#config.url).hostname.replace(/^\[|\]$/g, "");
    if (!this.#config.allowPrivate && isPrivateAddress(host)) throw new RefusedAddressError();
    return this.#config.url;
  }
}

const publicLookup = guardedLookup((address) => !isPrivateAddress(address));

/** The kind of an error: its text may hold the address with its query. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : error.name;
}
