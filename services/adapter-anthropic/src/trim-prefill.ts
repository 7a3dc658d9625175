import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { AnthropicTurn } from "./to-anthropic-messages.ts";

/**
 * Takes the white space off the end of a conversation that ends with words put into the model's mouth: Anthropic refuses it
 * there.
 *
 * @param position of the last message of the request
 */
export function trimPrefill(turns: AnthropicTurn[], position: number, log: AdaptationLog): void {
  const turn = turns.at(-1);
  const last = turn?.content.at(-1);
  if (turn?.role !== "assistant" || last?.type !== "text") return;
  const text = String(last.text);
  const trimmed = text.trimEnd();
  if (trimmed === text) return;
  log.emulated(`messages[${position}]`, "Anthropic refuses white space at the end of the model's own words.");
  turn.content[turn.content.length - 1] = { ...last, text: trimmed } as typeof last;
}
