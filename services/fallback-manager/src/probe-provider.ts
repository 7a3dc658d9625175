import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import type { AdapterDirectory } from "./adapter-directory.ts";
import type { ProbeFinding } from "./recovery-watch.ts";
import { within } from "@fairlead/rpc/within";

/** Milliseconds that a probe may take. */
const PROBE_MS = 5_000;

/** Asks the adapter of a provider whether the provider answers, by a call that costs nothing. Never rejects. */
export async function probeProvider(adapters: AdapterDirectory, provider: string, deployment: string): Promise<ProbeFinding> {
  const client = adapters.find(provider);
  if (client === undefined) return "fails";
  const deadline = Date.now() + PROBE_MS;
  using bound = boundSignal(undefined, deadline);
  try {
    const answer = await within(client.probe({ deployment }, { signal: bound.signal, deadline }), PROBE_MS);
    return answer === undefined ? "fails" : "answers";
  } catch (error) {
    return asFairleadError(error).code === ErrorCode.UNIMPLEMENTED ? "cannot_tell" : "fails";
  }
}
