import type { ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import type { AdaptationLog } from "./adaptations.ts";

/** Notes that a call goes out without the state of the provider that made it, which no other one can read. */
export function dropCallSignature({ signature }: ToolCallPart, path: string, log: AdaptationLog): void {
  if (signature.length > 0) log.dropped(`${path}.tool_call.signature`, "Only the provider that made the call can read it.");
}
