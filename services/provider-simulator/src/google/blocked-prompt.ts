import type { Question } from "../answer/question.ts";
import { promptUsage } from "./usage.ts";

/** Why Google blocks prompts, in its own words; a prompt that holds one is blocked for that reason. */
const REASONS = ["PROHIBITED_CONTENT", "BLOCKLIST", "SPII"];

/** The answer to a prompt that is blocked: there are no candidates. Undefined: it is not blocked. */
export function blockedPrompt(
  { lastUserText, promptTokens }: Question,
  head: { readonly modelVersion: string; readonly responseId: string },
): object | undefined {
  const blockReason = REASONS.find((reason) => lastUserText.includes(reason));
  if (blockReason === undefined) return undefined;
  return { promptFeedback: { blockReason }, usageMetadata: promptUsage(promptTokens), ...head };
}
