import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { type ChatRequest, type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { Flavor } from "../flavor.ts";
import { chooseEffort, namedEffort } from "../reasoning-effort.ts";
import type { ModelTraits, ReasoningEffortName } from "../traits.ts";

/** The fields that say how much the model reasons, and the effort they come to; undefined where nothing is said. */
export interface ReasoningFields {
  readonly fields: JsonObject;
  readonly effort: ReasoningEffortName | undefined;
}

const SILENT: ReasoningFields = { fields: {}, effort: undefined };

/** How much the model reasons, in the form that its server takes. */
export function toReasoningFields(
  request: ChatRequest,
  traits: ModelTraits | undefined,
  flavor: Flavor,
  log: AdaptationLog,
): ReasoningFields {
  const control = request.reasoning;
  if (request.tools.length > 0 && traits?.tools_bar_reasoning === true)
    return withoutReasoning(control, traits, flavor, log);
  if (control === undefined) return SILENT;
  switch (flavor.reasoningControl) {
    case "effort": {
      if (control.includeText && flavor.reasoningBack === undefined)
        log.dropped("reasoning.include_text", `${flavor.name}'s chat completions do not show reasoning.`);
      const effort = chooseEffort(control, traits, log);
      return effort === undefined ? SILENT : { fields: { reasoning_effort: effort }, effort };
    }
    case "effort_object":
      return effortObject(control, traits, log);
    case "thinking_switch":
      return thinkingSwitch(control, flavor, log);
    case "none":
      if (asksFor(control)) log.dropped("reasoning", `${flavor.name} is not told how much to reason.`);
      return SILENT;
  }
}

function effortObject(control: ReasoningControl, traits: ModelTraits | undefined, log: AdaptationLog): ReasoningFields {
  if (control.budgetTokens !== undefined && namedEffort(control) === undefined && control.budgetTokens > 0) {
    return { fields: { reasoning: { max_tokens: control.budgetTokens } }, effort: "medium" };
  }
  const effort = chooseEffort(control, traits, log);
  return effort === undefined ? SILENT : { fields: { reasoning: { effort } }, effort };
}

function thinkingSwitch(control: ReasoningControl, flavor: Flavor, log: AdaptationLog): ReasoningFields {
  if (!asksFor(control)) return SILENT;
  const off = control.effort === ReasoningEffort.NONE || control.budgetTokens === 0;
  if (!off) log.emulated("reasoning", `${flavor.name} is told whether to reason, not how much.`);
  return { fields: { thinking: { type: off ? "disabled" : "enabled" } }, effort: off ? "none" : "medium" };
}

function asksFor(control: ReasoningControl): boolean {
  return control.effort !== ReasoningEffort.UNSPECIFIED || control.budgetTokens !== undefined;
}

function withoutReasoning(
  control: ReasoningControl | undefined,
  traits: ModelTraits,
  flavor: Flavor,
  log: AdaptationLog,
): ReasoningFields {
  const unasked = control === undefined && traits.default_effort === "none";
  if (!unasked && control?.effort !== ReasoningEffort.NONE) {
    log.dropped("reasoning", `${flavor.name}'s chat completions let the model use tools only without reasoning.`);
  }
  return { fields: { reasoning_effort: "none" }, effort: "none" };
}
