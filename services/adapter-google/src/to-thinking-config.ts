import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { GoogleThinking } from "./models.ts";

/** How a model thinks, as Gemini takes it. */
export interface ThinkingConfig {
  includeThoughts?: boolean;
  thinkingBudget?: number;
  thinkingLevel?: "low" | "high";
}

const BUDGET: Readonly<Record<ReasoningEffort, number | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: 0,
  [ReasoningEffort.MINIMAL]: 512,
  [ReasoningEffort.LOW]: 1_024,
  [ReasoningEffort.MEDIUM]: 8_192,
  [ReasoningEffort.HIGH]: 24_576,
};

/** Tokens from which on a budget means the high level. */
const HIGH_LEVEL = 4_096;

/**
 * Writes how much a model thinks.
 *
 * @param thinking what the model takes; undefined when it does not think
 * @param listed   false for a model that is not listed, for which a number of tokens is assumed
 */
export function toThinkingConfig(
  control: ReasoningControl | undefined,
  thinking: GoogleThinking | undefined,
  listed: boolean,
  log: AdaptationLog,
): ThinkingConfig | undefined {
  if (control === undefined) return undefined;
  const budget = control.budgetTokens ?? BUDGET[control.effort];
  if (thinking === undefined && listed) {
    if (budget !== 0 || control.includeText) log.dropped("reasoning", "The model does not think.");
    return undefined;
  }
  const shown = control.includeText ? { includeThoughts: true } : {};
  if (budget === undefined) return control.includeText ? shown : undefined;
  if (thinking !== undefined && "levels" in thinking) return { ...shown, thinkingLevel: toLevel(control, budget, log) };
  if (control.budgetTokens === undefined && budget > 0) {
    log.emulated("reasoning.effort", `Gemini takes a number of tokens; ${budget} stand for the effort.`);
  }
  return { ...shown, thinkingBudget: thinking === undefined ? budget : clamp(budget, thinking, log) };
}

function toLevel(control: ReasoningControl, budget: number, log: AdaptationLog): "low" | "high" {
  const level = budget < HIGH_LEVEL ? "low" : "high";
  if (control.budgetTokens !== undefined) log.emulated("reasoning.budget_tokens", `The model takes a level; ${level} stands for the tokens.`);
  else if (control.effort !== ReasoningEffort.LOW && control.effort !== ReasoningEffort.HIGH) {
    log.clamped("reasoning.effort", `The model's nearest level is ${level}.`);
  }
  return level;
}

function clamp(budget: number, thinking: Extract<GoogleThinking, { least: number }>, log: AdaptationLog): number {
  if (budget === 0 && thinking.can_stop) return 0;
  const clamped = Math.min(Math.max(budget, thinking.least), thinking.most);
  if (clamped !== budget) log.clamped("reasoning", `The model thinks for ${thinking.least} to ${thinking.most} tokens.`);
  return clamped;
}
