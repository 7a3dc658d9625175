import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { GoogleThinking, ThinkingLevel } from "./models.ts";

/** How a model thinks, as Gemini takes it. */
export interface ThinkingConfig {
  includeThoughts?: boolean;
  thinkingBudget?: number;
  thinkingLevel?: ThinkingLevel;
}

const BUDGET: Readonly<Record<ReasoningEffort, number | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: 0,
  [ReasoningEffort.MINIMAL]: 512,
  [ReasoningEffort.LOW]: 1_024,
  [ReasoningEffort.MEDIUM]: 8_192,
  [ReasoningEffort.HIGH]: 24_576,
};

const ORDER: readonly ThinkingLevel[] = ["minimal", "low", "medium", "high"];

/** Tokens up to which a budget means a level; more means the next one. */
const MOST_TOKENS: Readonly<Record<ThinkingLevel, number>> = { minimal: 512, low: 4_095, medium: 16_384, high: Infinity };

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
  if (thinking !== undefined && "levels" in thinking) return { ...shown, thinkingLevel: toLevel(control, budget, thinking.levels, log) };
  if (control.budgetTokens === undefined && budget > 0) {
    log.emulated("reasoning.effort", `Gemini takes a number of tokens; ${budget} stand for the effort.`);
  }
  return { ...shown, thinkingBudget: thinking === undefined ? budget : clamp(budget, thinking, log) };
}

function toLevel(control: ReasoningControl, budget: number, offered: readonly ThinkingLevel[], log: AdaptationLog): ThinkingLevel {
  const wanted = ORDER.find((level) => budget <= MOST_TOKENS[level]) ?? "high";
  const level = nearest(wanted, offered);
  if (control.budgetTokens !== undefined) log.emulated("reasoning.budget_tokens", `The model takes a level; ${level} stands for the tokens.`);
  else if (level !== wanted || control.effort === ReasoningEffort.NONE) log.clamped("reasoning.effort", `The model's nearest level is ${level}.`);
  return level;
}

/** Of two levels that are as near, the higher one. */
function nearest(wanted: ThinkingLevel, offered: readonly ThinkingLevel[]): ThinkingLevel {
  const distance = (level: ThinkingLevel) => Math.abs(ORDER.indexOf(level) - ORDER.indexOf(wanted));
  return offered.reduce((best, level) => (distance(level) <= distance(best) ? level : best));
}

function clamp(budget: number, thinking: Extract<GoogleThinking, { least: number }>, log: AdaptationLog): number {
  if (budget === 0 && thinking.can_stop) return 0;
  const clamped = Math.min(Math.max(budget, thinking.least), thinking.most);
  if (clamped !== budget) log.clamped("reasoning", `The model thinks for ${thinking.least} to ${thinking.most} tokens.`);
  return clamped;
}
