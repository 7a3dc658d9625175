/** Whom to ask. */
export type Door =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "grpc"; readonly address: string };

/** When to ask: each connection again as soon as it is answered, or at a constant rate whatever the answers do. */
export type Arrival =
  | { readonly kind: "closed"; readonly connections: number }
  | { readonly kind: "open"; readonly perSecond: number };

/** What the load generator is to do. */
export interface LoadJob {
  readonly door: Door;
  readonly streamed: boolean;
  readonly arrival: Arrival;
  /** Seconds before anything is counted. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Milliseconds below which that part of the answers lay. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** What came of a job. */
export interface LoadResult {
  /** Answers that were whole and in time. */
  readonly answered: number;
  readonly perSecond: number;
  readonly errors: number;
  /** What went wrong, a few times at most. */
  readonly reasons: readonly string[];
  /** To the end of the answer. With open arrival from the time at which the request was due, not sent. */
  readonly latency: Percentiles;
  /** To the first text of a stream, from the same time. Undefined: not streamed. */
  readonly firstToken: Percentiles | undefined;
}

/** What the load generator tells: the counted time began, is over, and, once every answer is there, what came of it. */
export type LoadReport =
  | { readonly kind: "began" }
  | { readonly kind: "ended" }
  | { readonly kind: "result"; readonly result: LoadResult }
  | { readonly kind: "failed"; readonly reason: string };
