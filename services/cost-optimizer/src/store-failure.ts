import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";
import { StateError } from "@fairlead/state/state-error";

const RETRY_AFTER_MS = 500;
const CODES = {
  unavailable: ErrorCode.UNAVAILABLE,
  overloaded: ErrorCode.OVERLOADED,
  full: ErrorCode.CONFLICT,
} as const;

/** Waits for the store; its failures become errors of the mesh. */
export async function fromStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const facts = error.kind === "full" ? {} : { retryAfterMs: RETRY_AFTER_MS };
    throw failure(CODES[error.kind], messageOf(error), { ...facts, cause: error });
  }
}

function messageOf(error: StateError): string {
  if (error.kind === "full") return "There are as many budgets as there may be.";
  return "The ledger cannot be used now.";
}
