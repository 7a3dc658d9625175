import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, type FairleadError } from "@fairlead/rpc/fairlead-error";

/** The failure of an answer that broke the provider's own protocol. The sentence must not hold any of its content. */
export function malformedAnswer(message: string, cause?: unknown): FairleadError {
  return failure(ErrorCode.MALFORMED_ANSWER, message, { cause });
}
