import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { ModelTraits, ReasoningEffortName } from "./traits.ts";

const ORDER: readonly ReasoningEffortName[] = ["none", "minimal", "low", "medium", "high"];

const NAME: Readonly<Record<ReasoningEffort, ReasoningEffortName | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: "none",
  [ReasoningEffort.MINIMAL]: "minimal",
  [ReasoningEffort.LOW]: "low",
  [ReasoningEffort.MEDIUM]: "medium",
  [ReasoningEffort.HIGH]: "high",
};

/** The effort that a request asks for by name, whatever the model offers. */
export function namedEffort(control: ReasoningControl): ReasoningEffortName | undefined {
  return NAME[control.effort];
}

/**
 * How much the model reasons: the offered effort nearest to the one asked for, into which a budget of tokens is turned.
 * Undefined where nothing is asked for or the model does not reason.
 */
export function chooseEffort(
  control: ReasoningControl,
  traits: ModelTraits | undefined,
  log: AdaptationLog,
): ReasoningEffortName | undefined {
  const wanted = namedEffort(control) ?? ofBudget(control, log);
  if (wanted === undefined) return undefined;
  const offered = traits?.reasoning_efforts ?? ORDER;
  if (offered.length === 0) {
    // A model that cannot reason does what NONE asks for.
    if (wanted !== "none") log.dropped("reasoning", "The model does not reason.");
    return undefined;
  }
  const nearest = nearestEffort(wanted, offered);
  if (nearest !== wanted) log.clamped("reasoning.effort", `The model's nearest effort is ${nearest}.`);
  return nearest;
}

/** Whether the model will reason, as it does by default or as it is told to, and so takes no custom sampling. */
export function reasons(traits: ModelTraits | undefined, effort: ReasoningEffortName | undefined): boolean {
  if (traits === undefined || traits.reasoning_efforts.length === 0 || traits.samples_while_reasoning) return false;
  return (effort ?? traits.default_effort) !== "none";
}

function ofBudget(control: ReasoningControl, log: AdaptationLog): ReasoningEffortName | undefined {
  const tokens = control.budgetTokens;
  if (tokens === undefined) return undefined;
  log.emulated("reasoning.budget_tokens", "The provider takes an effort in place of a number of tokens.");
  if (tokens === 0) return "none";
  return tokens <= 512 ? "minimal" : tokens <= 2_048 ? "low" : tokens <= 16_384 ? "medium" : "high";
}

function nearestEffort(wanted: ReasoningEffortName, offered: readonly ReasoningEffortName[]): ReasoningEffortName {
  const place = ORDER.indexOf(wanted);
  const distance = (effort: ReasoningEffortName) => Math.abs(ORDER.indexOf(effort) - place);
  return offered.reduce((best, effort) => (distance(effort) < distance(best) ? effort : best));
}
