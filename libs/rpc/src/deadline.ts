import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "./fairlead-error.ts";

/** A signal that aborts with the given one or at a time, whichever comes first. Dispose it to free its timer. */
export interface BoundedSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts it now. */
  abort(reason: unknown): void;
}

/**
 * Bounds a signal by a time.
 *
 * @param parent   aborts the result with its own reason
 * @param deadline unix milliseconds; the reason is then a TIMEOUT error. Undefined: no bound
 */
export function boundSignal(parent: AbortSignal | undefined, deadline: number | undefined, message = "The deadline passed."): BoundedSignal {
  const controller = new AbortController();
  const abort = (reason: unknown) => controller.abort(reason);
  const onParent = () => abort(parent?.reason);
  if (parent?.aborted === true) onParent();
  else parent?.addEventListener("abort", onParent, { once: true });
  const timer =
    deadline === undefined
      ? undefined
      : setTimeout(() => abort(failure(ErrorCode.TIMEOUT, message)), Math.max(0, deadline - Date.now()));
  return {
    signal: controller.signal,
    abort,
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent?.removeEventListener("abort", onParent);
    },
  };
}

/** The error that a signal was aborted with; anything but a FairleadError means that the caller went away. */
export function abortError(signal: AbortSignal) {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "FairleadError") return reason;
  return failure(ErrorCode.CANCELLED, "The caller went away.", { cause: reason });
}
