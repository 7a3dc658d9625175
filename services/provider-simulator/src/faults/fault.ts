import { z } from "zod";

/** Name of a deployment in a path, or the mark of a key. */
export const deploymentName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/, "letters, digits, dots, dashes and underscores");

/** Narrows a fault to some requests; what is left out matches all. */
const scope = {
  provider: z.string().min(1).max(100).optional(),
  /** A plain id also matches its dated variants. */
  model: z.string().min(1).max(200).optional(),
  /** Requests to one deployment: the name in their path or, without one, the mark of their key. */
  deployment: deploymentName.optional(),
  /**
   * Whether it also hits listings of models, by which callers find out whether the provider answers. Left out: unless it
   * counts requests, so that those it is meant for are the ones it counts.
   */
  probes: z.boolean().optional(),
  /** Requests that it hits at most; without limit if left out. */
  times: z.int().min(1).optional(),
  /** Share of the matching requests that it hits, drawn from the seed. */
  probability: z.number().min(0).max(1).optional(),
  /** Matching requests that it lets pass first. */
  after: z.int().min(0).optional(),
};

const milliseconds = z.number().min(0).max(3_600_000);

/** One scripted failure. Times are milliseconds, `retryAfter` seconds. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    retryAfter: z.number().min(0).max(86_400).optional(),
    /** How the wait is told; the vendor's own way if left out. */
    retryAfterForm: z.enum(["seconds", "date", "milliseconds", "reset", "body", "message"]).optional(),
    /** A text is sent as it is, any other value as JSON; the vendor's own error shape if left out. */
    body: z.unknown().optional(),
    ...scope,
  }),
  z.strictObject({ kind: z.literal("delay"), ms: milliseconds, ...scope }),
  z.strictObject({ kind: z.literal("cut"), afterBytes: z.int().min(0), ...scope }),
  z.strictObject({ kind: z.literal("hang"), ...scope }),
  z.strictObject({ kind: z.literal("drip"), bytesPerWrite: z.int().min(1), everyMs: milliseconds, ...scope }),
  z.strictObject({ kind: z.literal("malformed"), ...scope }),
  z.strictObject({ kind: z.literal("stream_error"), afterChunks: z.int().min(0), ...scope }),
  z.strictObject({ kind: z.literal("empty"), ...scope }),
  z.strictObject({ kind: z.literal("reset"), ...scope }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault["kind"];

/** A fault and what became of it. */
export interface FaultReport {
  readonly fault: Fault;
  /** Requests that matched it. */
  readonly matched: number;
  /** Requests that it hit. */
  readonly hits: number;
}
