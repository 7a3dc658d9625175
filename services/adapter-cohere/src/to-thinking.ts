import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ChatRequest, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";

/** How the model thinks; without a budget as much as it sees fit. */
export interface CohereThinking {
  readonly type: "enabled" | "disabled";
  readonly token_budget?: number;
}

const DISABLED: CohereThinking = { type: "disabled" };

/** Undefined: as much as the model sees fit. */
const BUDGET: Readonly<Record<ReasoningEffort, number | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: 0,
  [ReasoningEffort.MINIMAL]: 512,
  [ReasoningEffort.LOW]: 2_048,
  [ReasoningEffort.MEDIUM]: 8_192,
  [ReasoningEffort.HIGH]: undefined,
};

/**
 * How the model is told to think; undefined where it is told nothing.
 *
 * @param reasons   whether the model can think
 * @param maxTokens bound of the answer, thinking included; undefined: the model's own
 */
export function toThinking(
  control: ChatRequest["reasoning"],
  reasons: boolean,
  maxTokens: number | undefined,
  log: AdaptationLog,
): CohereThinking | undefined {
  if (control === undefined) return undefined;
  const budget = control.budgetTokens ?? BUDGET[control.effort];
  const silent = control.budgetTokens === undefined && control.effort === ReasoningEffort.UNSPECIFIED;
  if (!reasons) {
    if (!silent && budget !== 0) log.dropped("reasoning", "The model does not reason.");
    return undefined;
  }
  if (silent) return undefined;
  if (budget === 0) return DISABLED;
  if (control.budgetTokens === undefined && budget !== undefined) {
    log.emulated("reasoning.effort", `Cohere takes a number of tokens; ${budget} stand for the effort.`);
  }
  if (budget === undefined) return { type: "enabled" };
  if (maxTokens === undefined || budget < maxTokens) return { type: "enabled", token_budget: budget };
  if (maxTokens === 1) {
    log.dropped("reasoning", "The bound of the answer leaves no room to think.");
    return DISABLED;
  }
  log.clamped("reasoning", "Thinking must stay below the bound of the answer.");
  return { type: "enabled", token_budget: maxTokens - 1 };
}
