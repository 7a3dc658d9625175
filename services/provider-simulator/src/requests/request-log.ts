import type { FaultKind } from "../faults/fault.ts";

export type Outcome = "active" | "answered" | "aborted_by_client" | `fault:${FaultKind}`;

/** What is kept of one request. Times are milliseconds since 1970. */
export interface RequestEntry {
  readonly id: number;
  readonly provider: string;
  readonly method: string;
  readonly path: string;
  /** The name in the address's path. Empty: none. */
  readonly deployment: string;
  /** Tells one key from another without telling the key. Empty: it brought none. */
  readonly keyMark: string;
  /** As requested; undefined where the request names none. */
  model: string | undefined;
  /** Whether the answer is a stream. */
  stream: boolean;
  readonly receivedAt: number;
  finishedAt: number | undefined;
  /** When the client closed its socket before the end of the answer. */
  abortedAt: number | undefined;
  outcome: Outcome;
  /** Status of the answer; undefined until it begins. */
  status: number | undefined;
  /** The fault that hit it, also where the client was the one to go. */
  fault: FaultKind | undefined;
  /** Bytes of the body that were written. */
  bytesSent: number;
  readonly headers: { readonly traceparent?: string };
  /** The beginning of the body, only while bodies are recorded. */
  body: Buffer | undefined;
  bodyBytes: number;
}

export interface RequestStats {
  readonly total: number;
  readonly active: number;
  readonly byProvider: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
}

/** Narrows a listing: requests of one provider, received at or after `since` (ms), with an id above `after`. */
export interface RequestFilter {
  readonly provider?: string | undefined;
  readonly since?: number | undefined;
  readonly after?: number | undefined;
}

const KEPT_REQUESTS = 1_000;
const KEPT_BODY_BYTES = 64 * 1024;
const LONGEST_NAME = 200;

/** What is known of a request when it begins. */
export interface BegunRequest extends Pick<RequestEntry, "provider" | "method" | "path" | "deployment" | "keyMark"> {
  readonly traceparent: string | undefined;
}

/** Remembers the last 1,000 requests and counts all of them. Bodies are kept only on demand, 64 KiB of each. */
export class RequestLog {
  bodies = false;
  readonly #ring: (RequestEntry | undefined)[] = [];
  readonly #byProvider = new Map<string, number>();
  readonly #byOutcome = new Map<Outcome, number>();
  #total = 0;
  #active = 0;

  begin(begun: BegunRequest): RequestEntry {
    const { provider, method, path, deployment, keyMark, traceparent } = begun;
    this.#total += 1;
    this.#active += 1;
    count(this.#byProvider, provider);
    const entry: RequestEntry = {
      id: this.#total,
      provider,
      method,
      path: path.slice(0, LONGEST_NAME),
      deployment,
      keyMark,
      model: undefined,
      stream: false,
      receivedAt: Date.now(),
      finishedAt: undefined,
      abortedAt: undefined,
      outcome: "active",
      status: undefined,
      fault: undefined,
      bytesSent: 0,
      headers: traceparent === undefined ? {} : { traceparent },
      body: undefined,
      bodyBytes: 0,
    };
    this.#ring[entry.id % KEPT_REQUESTS] = entry;
    return entry;
  }

  received(entry: RequestEntry, body: Buffer): void {
    entry.bodyBytes = body.length;
    if (this.bodies) entry.body = Buffer.from(body.subarray(0, KEPT_BODY_BYTES));
  }

  /** Closes an entry: `complete` says whether all that was to be sent was sent. */
  end(entry: RequestEntry, complete: boolean): void {
    entry.finishedAt = Date.now();
    if (!complete) entry.abortedAt = entry.finishedAt;
    entry.outcome = complete ? (entry.fault === undefined ? "answered" : `fault:${entry.fault}`) : "aborted_by_client";
    this.#active -= 1;
    count(this.#byOutcome, entry.outcome);
  }

  list(filter: RequestFilter = {}): readonly RequestEntry[] {
    const { provider, since = 0, after = 0 } = filter;
    return this.#ring
      .filter((entry) => entry !== undefined)
      .filter((entry) => entry.receivedAt >= since && entry.id > after)
      .filter((entry) => provider === undefined || entry.provider === provider)
      .sort((left, right) => left.id - right.id);
  }

  /** Forgets the requests kept and starts the counters of finished ones anew; ids go on. */
  clear(): void {
    this.#ring.length = 0;
    this.#byProvider.clear();
    this.#byOutcome.clear();
  }

  stats(): RequestStats {
    const byProvider = Object.fromEntries(this.#byProvider);
    const total = Object.values(byProvider).reduce((sum, value) => sum + value, 0);
    return { total, active: this.#active, byProvider, byOutcome: Object.fromEntries(this.#byOutcome) };
  }
}

function count<Key>(counters: Map<Key, number>, key: Key): void {
  counters.set(key, (counters.get(key) ?? 0) + 1);
}
