import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Flavor } from "../flavor.ts";
import { readSchema, schemaName } from "../json-schema.ts";
import { reasons } from "../reasoning-effort.ts";
import type { ModelTraits, ReasoningEffortName } from "../traits.ts";

/** The API refuses fewer. */
const FEWEST_OUTPUT_TOKENS = 16;

/** How long the answer may be; one answer without stop sequences is all that there is. */
export function toLimits(request: ChatRequest, { name }: Flavor, log: AdaptationLog): JsonObject {
  if (request.candidateCount > 1) log.dropped("candidate_count", `${name}'s Responses API gives one answer.`);
  if (request.stopSequences.length > 0)
    log.dropped("stop_sequences", `${name}'s Responses API takes no stop sequences.`);
  const tokens = request.maxOutputTokens;
  if (tokens === undefined) return {};
  if (tokens < FEWEST_OUTPUT_TOKENS)
    log.clamped("max_output_tokens", `${name}'s Responses API takes ${FEWEST_OUTPUT_TOKENS} at least.`);
  return { max_output_tokens: Math.max(tokens, FEWEST_OUTPUT_TOKENS) };
}

/** Reasoning bars custom sampling; values that say nothing are left out unnoted. */
export function toSampling(request: ChatRequest, fixed: boolean, { name }: Flavor, log: AdaptationLog): JsonObject {
  const fields: Record<string, unknown> = {};
  const set = (field: "temperature" | "top_p", value: number | undefined) => {
    if (value === undefined) return;
    if (fixed && value !== 1) log.dropped(field, "The model reasons and takes no custom sampling.");
    else fields[field] = value;
  };
  set("temperature", request.temperature);
  set("top_p", request.topP);
  const reason = `${name}'s Responses API has no such sampling.`;
  if (request.topK !== undefined) log.dropped("top_k", reason);
  if ((request.frequencyPenalty ?? 0) !== 0) log.dropped("frequency_penalty", reason);
  if ((request.presencePenalty ?? 0) !== 0) log.dropped("presence_penalty", reason);
  if (request.seed !== undefined) log.dropped("seed", reason);
  return fields;
}

/** What form the answer has. */
export function toTextFormat(request: ChatRequest, log: AdaptationLog): JsonObject {
  const format = request.responseFormat?.format;
  if (format?.case === "jsonObject") return { text: { format: { type: "json_object" } } };
  if (format?.case !== "jsonSchema") return {};
  const { name, schemaJson, description, strict } = format.value;
  const schema = readSchema(schemaJson, strict === true, "response_format.json_schema.schema_json", log);
  return {
    text: {
      format: {
        type: "json_schema",
        name: schemaName(name),
        schema,
        ...(description === "" ? {} : { description }),
        // Strict unless told otherwise here, and the other way round everywhere else.
        strict: strict ?? false,
      },
    },
  };
}

/** How much the model reasons, and whether a summary of it is shown. */
export function toReasoning(
  request: ChatRequest,
  traits: ModelTraits | undefined,
  effort: ReasoningEffortName | undefined,
): JsonObject {
  const shown = request.reasoning?.includeText === true && reasons(traits, effort);
  if (effort === undefined && !shown) return {};
  return { reasoning: { ...(effort === undefined ? {} : { effort }), ...(shown ? { summary: "auto" } : {}) } };
}
