import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

/** OpenAI's words. Clients hold them for complete, so anything else is a stop with the provider's word beside it. */
export type FinishWord = "stop" | "length" | "tool_calls" | "content_filter";

const WORDS: Readonly<Record<FinishReason, FinishWord>> = {
  [FinishReason.UNSPECIFIED]: "stop",
  [FinishReason.STOP]: "stop",
  [FinishReason.LENGTH]: "length",
  [FinishReason.TOOL_CALLS]: "tool_calls",
  [FinishReason.CONTENT_FILTER]: "content_filter",
  [FinishReason.PAUSE]: "stop",
  [FinishReason.STOP_SEQUENCE]: "stop",
  [FinishReason.OTHER]: "stop",
};

/** Why a choice ended. `native_finish_reason` is the provider's own word where it is another one. */
export interface FinishBody {
  readonly finish_reason: FinishWord;
  readonly native_finish_reason?: string;
}

export function toFinishBody(reason: FinishReason, raw: string): FinishBody {
  const word = WORDS[reason] ?? "stop";
  return raw === "" || raw === word ? { finish_reason: word } : { finish_reason: word, native_finish_reason: raw };
}
