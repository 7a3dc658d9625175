import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

/**
 * Why an answer ended. Ollama ends calls of tools like text, and older servers tell no reason at all. Words that are
 * not known, among them those of a model that was merely loaded or let go, are OTHER.
 */
export function fromOllamaDoneReason(raw: string, hasCalls: boolean): FinishReason {
  if (raw === "stop" || raw === "") return hasCalls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
  return raw === "length" ? FinishReason.LENGTH : FinishReason.OTHER;
}
