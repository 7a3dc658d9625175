import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { StateError } from "@fairlead/state/state-error";

/**
 * What is kept.
 *
 * @throws FairleadError UNAVAILABLE where the store cannot be used now
 */
export async function fromStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw failure(ErrorCode.UNAVAILABLE, "What was counted cannot be read or kept now.", { retryAfterMs: 500, cause: error });
  }
}
