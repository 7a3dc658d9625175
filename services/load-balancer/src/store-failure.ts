import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { StateError } from "@fairlead/state/state-error";

/**
 * What the ledger answers.
 *
 * @param onFailure hears that it did not
 * @throws FairleadError UNAVAILABLE where the ledger cannot be used now
 */
export async function fromLedger<T>(answer: Promise<T>, onFailure: () => void = () => undefined): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    onFailure();
    throw failure(ErrorCode.UNAVAILABLE, "The ledger of quotas cannot be used now.", { cause: error });
  }
}
