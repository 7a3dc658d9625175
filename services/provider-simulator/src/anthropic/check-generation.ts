import { type JsonObject, objectOf, textOf } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";
import { invalid } from "./errors.ts";

/** Models that think as they see fit and take no sampling. */
const ADAPTIVE = /^claude-(?:opus-4-[78]|opus-5|sonnet-5|haiku-5|fable-5)/;
const ALWAYS_THINK = /^claude-(?:opus-5-5|fable-5-1)/;
const THINK_BETWEEN_TOOLS = /^claude-sonnet-5-5/;
const UNFORCED = /^claude-(?:opus-5-5|sonnet-5-5|fable-5-1)/;
const EFFORTS: ReadonlySet<unknown> = new Set(["low", "medium", "high", "xhigh", "max"]);

/** Refuses what models of later generations no longer take: sampling, a number of tokens to think, a forced tool. */
export function checkGeneration(body: JsonObject, { id }: ModelProfile): Refusal | undefined {
  const effort = objectOf(body["output_config"])?.["effort"] ?? undefined;
  if (effort !== undefined && !EFFORTS.has(effort)) return invalid("output_config.effort: Input is not an effort");
  if (!ADAPTIVE.test(id)) return undefined;
  for (const field of ["temperature", "top_p", "top_k"]) {
    const value = body[field] ?? undefined;
    const neutral = value === undefined || (value === 1 && field !== "top_k");
    if (!neutral) return invalid(`${field}: this model does not support sampling parameters`);
  }
  const choice = textOf(objectOf(body["tool_choice"])?.["type"]);
  const forced = choice === "any" || choice === "tool";
  if (forced && UNFORCED.test(id)) return invalid("tool_choice: forced tool use is not supported for this model");
  return checkThinking(textOf(objectOf(body["thinking"])?.["type"]), id, forced);
}

function checkThinking(type: string | undefined, id: string, forced: boolean): Refusal | undefined {
  const refused = (): Refusal => invalid(`"thinking.type.${type}" is not supported for this model.`);
  if (type === "enabled") return refused();
  if (type === "disabled" && (ALWAYS_THINK.test(id) || THINK_BETWEEN_TOOLS.test(id))) return refused();
  if (type === "between_tools" && !THINK_BETWEEN_TOOLS.test(id)) return refused();
  // These think unless they are told not to.
  const thinks = type !== "disabled" && !id.startsWith("claude-opus-4");
  return forced && thinks ? invalid("Thinking may not be enabled when tool_choice forces tool use.") : undefined;
}
