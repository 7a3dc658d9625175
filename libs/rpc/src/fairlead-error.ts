import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Attempt,
  ErrorCode,
  type ErrorDetail,
  ErrorDetailSchema,
  type FieldViolation,
} from "@fairlead/contracts/errors/v1/error";

/** What is known of a failure beside its code and message. */
export interface FailureFacts {
  readonly retryable?: boolean;
  /** Milliseconds after which to try again. */
  readonly retryAfterMs?: number | undefined;
  readonly violations?: MessageInitShape<typeof ErrorDetailSchema>["violations"];
  readonly attempts?: readonly Attempt[];
  readonly provider?: string;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** The one error that crosses a seam in Fairlead. Its message is for people and holds neither keys nor content. */
export class FairleadError extends Error {
  readonly detail: ErrorDetail;

  constructor(detail: ErrorDetail, cause?: unknown) {
    super(detail.message, cause === undefined ? undefined : { cause });
    this.name = "FairleadError";
    this.detail = detail;
  }

  get code(): ErrorCode {
    return this.detail.code;
  }
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.RATE_LIMITED,
  ErrorCode.OVERLOADED,
  ErrorCode.PROVIDER_ERROR,
  ErrorCode.PROVIDER_UNREACHABLE,
  ErrorCode.MALFORMED_ANSWER,
  ErrorCode.TIMEOUT,
  ErrorCode.STREAM_INTERRUPTED,
  ErrorCode.NO_TARGET,
  ErrorCode.CIRCUIT_OPEN,
  ErrorCode.UNAVAILABLE,
]);

/** Makes an error of a code; whether it is retryable follows from the code unless the facts say otherwise. */
export function failure(code: ErrorCode, message: string, facts: FailureFacts = {}): FairleadError {
  const detail = create(ErrorDetailSchema, {
    code,
    message,
    retryable: facts.retryable ?? RETRYABLE.has(code),
    violations: facts.violations ?? [],
    attempts: [...(facts.attempts ?? [])],
    provider: facts.provider ?? "",
    requestId: facts.requestId ?? "",
  });
  if (facts.retryAfterMs !== undefined) detail.retryAfter = toDuration(facts.retryAfterMs);
  return new FairleadError(detail, facts.cause);
}

/** The refusal of a field: INVALID_REQUEST with one violation. */
export function invalidField(field: string, description: string, rule = "fairlead"): FairleadError {
  return failure(ErrorCode.INVALID_REQUEST, `${field}: ${description}`, {
    violations: [{ field, description, rule } satisfies Partial<FieldViolation>],
  });
}

/** Anything thrown, as a FairleadError. What is not one already is a defect, and its text stays inside. */
export function asFairleadError(thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  return failure(ErrorCode.INTERNAL, "The mesh met a defect of its own.", { cause: thrown });
}

/** Milliseconds of an error's retry hint; undefined where it has none. */
export function retryAfterMs(detail: ErrorDetail): number | undefined {
  if (detail.retryAfter === undefined) return undefined;
  return Number(detail.retryAfter.seconds) * 1000 + detail.retryAfter.nanos / 1e6;
}

function toDuration(milliseconds: number) {
  const whole = Math.max(0, Math.ceil(milliseconds));
  return { $typeName: "google.protobuf.Duration" as const, seconds: BigInt(Math.floor(whole / 1000)), nanos: (whole % 1000) * 1e6 };
}
