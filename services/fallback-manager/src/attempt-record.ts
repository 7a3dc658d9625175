import type { ErrorCode } from "@fairlead/contracts/errors/v1/error";

/** What the mesh is told of an attempt that was made. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  /** Unspecified: it succeeded. */
  readonly errorCode: ErrorCode;
  readonly durationMs: number;
  /** 0: unstreamed, or none came. */
  readonly firstTokenMs: number;
  readonly streamed: boolean;
  readonly outputTokens: number;
  /** 0: the provider did not ask for it. */
  readonly retryAfterMs: number;
  /** From 1. */
  readonly attemptNumber: number;
}
