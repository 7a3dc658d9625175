import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ChatRequest, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";

/** Whether and how much to think. */
export type Think = boolean | "low" | "medium" | "high";

const LEVELS: Readonly<Record<ReasoningEffort, Think>> = {
  [ReasoningEffort.UNSPECIFIED]: true,
  [ReasoningEffort.NONE]: false,
  [ReasoningEffort.MINIMAL]: "low",
  [ReasoningEffort.LOW]: "low",
  [ReasoningEffort.MEDIUM]: "medium",
  [ReasoningEffort.HIGH]: "high",
};

/** Tokens up to which a budget is little and a fair amount. */
const LOW_BUDGET = 2_048;
const MEDIUM_BUDGET = 8_192;

/** What is known of a model's thinking. */
export interface ThinkingFacts {
  readonly reasons: boolean;
  /** True when it is told how much to think, false when only whether. */
  readonly levels: boolean;
}

/** How the model is told to think; undefined where it is told nothing. Ollama takes no number of tokens. */
export function toThink(
  control: ChatRequest["reasoning"],
  { reasons, levels }: ThinkingFacts,
  log: AdaptationLog,
): Think | undefined {
  if (control === undefined) return undefined;
  const { budgetTokens, effort } = control;
  const wanted = budgetTokens === undefined ? LEVELS[effort] : levelOf(budgetTokens);
  if (!reasons) {
    if (wanted !== false && wanted !== true) log.dropped("reasoning", "The model does not reason.");
    return undefined;
  }
  if (levels) {
    if (wanted === false) {
      log.clamped("reasoning", "The model always reasons; the least stands for none.");
      return "low";
    }
    if (budgetTokens !== undefined)
      log.emulated("reasoning.budget_tokens", "The model is told how much to reason in place of a number of tokens.");
    return wanted === true ? undefined : wanted;
  }
  if (wanted !== false && wanted !== true)
    log.emulated(
      budgetTokens === undefined ? "reasoning.effort" : "reasoning.budget_tokens",
      "The model can only be told whether to reason.",
    );
  return wanted !== false;
}

function levelOf(budget: number): Think {
  if (budget === 0) return false;
  if (budget <= LOW_BUDGET) return "low";
  return budget <= MEDIUM_BUDGET ? "medium" : "high";
}
