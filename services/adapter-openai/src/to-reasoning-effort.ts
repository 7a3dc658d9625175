import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { OpenaiTraits, ReasoningEffortName } from "./models.ts";

const ORDER: readonly ReasoningEffortName[] = ["none", "minimal", "low", "medium", "high"];

const NAME: Readonly<Record<ReasoningEffort, ReasoningEffortName | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: "none",
  [ReasoningEffort.MINIMAL]: "minimal",
  [ReasoningEffort.LOW]: "low",
  [ReasoningEffort.MEDIUM]: "medium",
  [ReasoningEffort.HIGH]: "high",
};

/** How much the model reasons, in OpenAI's words: an effort, into which a budget of tokens is turned. */
export function toReasoningEffort(
  control: ReasoningControl | undefined,
  traits: OpenaiTraits | undefined,
  hasTools: boolean,
  log: AdaptationLog,
): { reasoning_effort?: ReasoningEffortName } {
  if (hasTools && traits?.tools_bar_reasoning === true) return withoutReasoning(control, traits, log);
  if (control === undefined) return {};
  if (control.includeText) log.dropped("reasoning.include_text", "OpenAI's chat completions do not show reasoning.");
  const wanted = NAME[control.effort] ?? ofBudget(control, log);
  if (wanted === undefined) return {};
  const offered = traits?.reasoning_efforts ?? ORDER;
  if (offered.length === 0) {
    // A model that cannot reason does what NONE asks for.
    if (wanted !== "none") log.dropped("reasoning", "The model does not reason.");
    return {};
  }
  const nearest = nearestEffort(wanted, offered);
  if (nearest !== wanted) log.clamped("reasoning.effort", `The model's nearest effort is ${nearest}.`);
  return { reasoning_effort: nearest };
}

function withoutReasoning(control: ReasoningControl | undefined, traits: OpenaiTraits, log: AdaptationLog): { reasoning_effort: "none" } {
  const unasked = control === undefined && traits.default_effort === "none";
  if (!unasked && control?.effort !== ReasoningEffort.NONE) {
    log.dropped("reasoning", "OpenAI's chat completions let the model use tools only without reasoning.");
  }
  return { reasoning_effort: "none" };
}

function ofBudget(control: ReasoningControl, log: AdaptationLog): ReasoningEffortName | undefined {
  const tokens = control.budgetTokens;
  if (tokens === undefined) return undefined;
  log.emulated("reasoning.budget_tokens", "OpenAI takes an effort in place of a number of tokens.");
  if (tokens === 0) return "none";
  return tokens <= 512 ? "minimal" : tokens <= 2_048 ? "low" : tokens <= 16_384 ? "medium" : "high";
}

function nearestEffort(wanted: ReasoningEffortName, offered: readonly ReasoningEffortName[]): ReasoningEffortName {
  const place = ORDER.indexOf(wanted);
  const distance = (effort: ReasoningEffortName) => Math.abs(ORDER.indexOf(effort) - place);
  return offered.reduce((best, effort) => (distance(effort) < distance(best) ? effort : best));
}
