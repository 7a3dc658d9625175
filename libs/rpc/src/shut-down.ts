import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Server } from "@grpc/grpc-js";
import type { CallsUnderWay } from "./calls-under-way.ts";
import { failure } from "./fairlead-error.ts";
import { within } from "./within.ts";

/** Milliseconds that connections get to end after their last call, and last errors to leave. */
const LINGER_MS = 1_000;

/**
 * Ends a server: it takes no new calls, tells its clients to go elsewhere, and waits for the calls under way. What has not
 * ended after a time is ended with an error that says why.
 */
export async function shutDown(server: Server, calls: CallsUnderWay, graceMs: number): Promise<void> {
  const giveUpAt = performance.now() + graceMs;
  const left = () => Math.max(0, giveUpAt - performance.now());
  const closing = new Promise<true>((resolve) => server.tryShutdown(() => resolve(true)));
  do {
    await within(Promise.race([closing, calls.none()]), left());
    // A call may have come whose handler has not begun yet; watches of health never end by themselves.
    if ((await within(closing, Math.min(left(), LINGER_MS))) === true) return;
  } while (calls.size > 0 && left() > 0);
  calls.cut(failure(ErrorCode.UNAVAILABLE, "The service ends and could not wait for the call any longer."));
  // The calls count as over before their errors have left; their connections end after that.
  await within(closing, LINGER_MS);
  server.forceShutdown();
}
