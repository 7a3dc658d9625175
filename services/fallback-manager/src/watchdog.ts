import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure } from "@fairlead/rpc/fairlead-error";

/** A signal that a parent aborts, or that aborts itself when what is awaited does not come in time. */
export interface Watchdog extends Disposable {
  readonly signal: AbortSignal;
  /** Awaits something within a time from now; replaces what was awaited before. 0: nothing. */
  expect(milliseconds: number, what: string): void;
  /** What was awaited has come, and the next of the same is awaited. */
  seen(): void;
  /** Aborts it now. */
  abort(reason: unknown): void;
}

/** Makes a watchdog. Its abort reason is the parent's, or a TIMEOUT error that says what did not come. */
export function createWatchdog(parent: AbortSignal): Watchdog {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onParent = () => controller.abort(parent.reason);
  if (parent.aborted) onParent();
  else parent.addEventListener("abort", onParent, { once: true });
  return {
    signal: controller.signal,
    expect(milliseconds, what) {
      clearTimeout(timer);
      timer = undefined;
      if (milliseconds === 0) return;
      const late = () => controller.abort(failure(ErrorCode.TIMEOUT, `${what} did not come within ${milliseconds} ms.`));
      timer = setTimeout(late, milliseconds);
    },
    seen() {
      timer?.refresh();
    },
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent.removeEventListener("abort", onParent);
    },
  };
}
