import { type JsonObject, listOf, objectOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";

interface ReasoningRules {
  readonly efforts: readonly string[];
  /** Effort of a request that says none. */
  readonly usual: string;
  /** Whether chat completions refuse tools beside reasoning. */
  readonly barsTools: boolean;
}

/** What the families of reasoning models allow; the first that matches holds. */
const RULES: readonly (readonly [RegExp, ReasoningRules])[] = [
  [/^gpt-5\.[12]$/, { efforts: ["none", "low", "medium", "high", "xhigh"], usual: "none", barsTools: false }],
  [/^gpt-5\.4/, { efforts: ["none", "low", "medium", "high", "xhigh"], usual: "none", barsTools: true }],
  [/^gpt-(?:5\.\d|6)/, { efforts: ["none", "low", "medium", "high", "xhigh"], usual: "medium", barsTools: true }],
  [/^gpt-5/, { efforts: ["minimal", "low", "medium", "high"], usual: "medium", barsTools: false }],
  [/^o\d/, { efforts: ["low", "medium", "high"], usual: "medium", barsTools: false }],
];

const NEUTRAL: Readonly<Record<string, number>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
};

/** Refuses what a chat completion of a reasoning model may not hold: an unknown effort, tools or sampling beside reasoning. */
export function checkReasoning(body: JsonObject, model: ModelProfile): Refusal | undefined {
  const rules = rulesOf(model);
  const asked = body["reasoning_effort"] ?? undefined;
  if (rules === undefined) return undefined;
  const refusal = checkEffort(asked, "reasoning_effort", rules);
  if (refusal !== undefined || (asked ?? rules.usual) === "none") return refusal;
  if (rules.barsTools && listOf(body["tools"]).length > 0) {
    const message =
      `Function tools with reasoning_effort are not supported for ${model.id} in /v1/chat/completions. ` +
      "To use function tools, use /v1/responses or set reasoning_effort to 'none'.";
    return new Refusal("invalid", message, { param: "reasoning_effort" });
  }
  return checkSampling(body);
}

/** Refuses what a request for a response may not hold: an unknown effort, sampling beside reasoning, or state of a model without. */
export function checkResponsesReasoning(body: JsonObject, model: ModelProfile): Refusal | undefined {
  const rules = rulesOf(model);
  const asked = objectOf(body["reasoning"])?.["effort"] ?? undefined;
  if (rules === undefined) {
    if (!listOf(body["include"]).includes("reasoning.encrypted_content")) return undefined;
    return new Refusal("invalid", "Encrypted content is not supported with this model.", { param: "include" });
  }
  const refusal = checkEffort(asked, "reasoning.effort", rules);
  return refusal ?? ((asked ?? rules.usual) === "none" ? undefined : checkSampling(body));
}

function rulesOf(model: ModelProfile): ReasoningRules | undefined {
  return model.reasons ? RULES.find(([pattern]) => pattern.test(model.id))?.[1] : undefined;
}

function checkEffort(asked: unknown, param: string, rules: ReasoningRules): Refusal | undefined {
  if (asked === undefined || rules.efforts.includes(String(asked))) return undefined;
  const message = `Unsupported value: '${param}' does not support '${String(asked).slice(0, 50)}' with this model.`;
  return new Refusal("invalid", message, { param, code: "unsupported_value" });
}

function checkSampling(body: JsonObject): Refusal | undefined {
  for (const [param, neutral] of Object.entries(NEUTRAL)) {
    const value = body[param] ?? undefined;
    if (value === undefined || value === neutral) continue;
    const message =
      `Unsupported value: '${param}' does not support ${String(value).slice(0, 50)} with this model. ` +
      `Only the default (${neutral}) value is supported.`;
    return new Refusal("invalid", message, { param, code: "unsupported_value" });
  }
  return undefined;
}
