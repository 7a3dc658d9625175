import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

const WORDS: Readonly<Record<FinishReason, string>> = {
  [FinishReason.UNSPECIFIED]: "end_turn",
  [FinishReason.STOP]: "end_turn",
  [FinishReason.LENGTH]: "max_tokens",
  [FinishReason.TOOL_CALLS]: "tool_use",
  [FinishReason.CONTENT_FILTER]: "refusal",
  [FinishReason.PAUSE]: "pause_turn",
  [FinishReason.STOP_SEQUENCE]: "stop_sequence",
  [FinishReason.OTHER]: "end_turn",
};

/** Finer words of Anthropic for a reason that is told apart no further here. */
const FINER: ReadonlyMap<string, FinishReason> = new Map([
  ["model_context_window_exceeded", FinishReason.LENGTH],
  ["compaction", FinishReason.PAUSE],
]);

/** Why a message ended. `native_finish_reason` is the provider's own word where none of Anthropic's says it. */
export interface StopBody {
  readonly stop_reason: string;
  readonly native_finish_reason?: string;
}

/** @param refused true when the model refused in words */
export function toStopBody(reason: FinishReason, raw: string, refused: boolean): StopBody {
  const stop = { stop_reason: toStopReason(reason, raw, refused) };
  return reason === FinishReason.OTHER && raw !== "" ? { ...stop, native_finish_reason: raw } : stop;
}

/**
 * Anthropic's word for why an answer ended. Total: a reason of a newer version is end_turn.
 *
 * @param refused true when the model refused in words, which other providers call a plain stop
 */
function toStopReason(reason: FinishReason, raw: string, refused: boolean): string {
  if (refused && reason === FinishReason.STOP) return "refusal";
  return FINER.get(raw) === reason ? raw : (WORDS[reason] ?? "end_turn");
}
