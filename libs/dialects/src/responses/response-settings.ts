import type { JsonValue } from "@bufbuild/protobuf";
import type { Fields } from "../own-fields.ts";
import type { ResponsesBody } from "./responses-body.ts";

/** What an answer repeats of its request, with OpenAI's defaults where it says nothing. */
export type ResponseSettings = Readonly<Record<string, unknown>>;

/** Fields that are OpenAI's to tell and ours to repeat, when they were given. */
const REPEATED = [
  "max_tool_calls",
  "prompt_cache_key",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "top_logprobs",
  "user",
] as const;

/** Fields of an answer that nobody else may write. */
const OWN: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created_at",
  "status",
  "error",
  "incomplete_details",
  "model",
  "output",
  "output_text",
  "usage",
  "previous_response_id",
  "store",
  "fairlead",
]);

/** The settings of a request as its answer repeats them. */
export function toSettings(body: ResponsesBody): ResponseSettings {
  const given: Record<string, unknown> = {};
  for (const name of REPEATED) {
    const value = (body as Record<string, unknown>)[name];
    if (value !== null && value !== undefined) given[name] = value;
  }
  return {
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: (body as Record<string, unknown>)["metadata"] ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null, ...body.reasoning },
    temperature: body.temperature ?? 1,
    text: { ...body.text, format: body.text?.format ?? { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? "disabled",
    ...given,
  };
}

/** The provider's own fields of an answer, without those that are told here. */
export function withoutOwn(fields: Fields): Fields {
  const others: Record<string, JsonValue> = {};
  for (const name in fields) if (!OWN.has(name)) others[name] = fields[name] as JsonValue;
  return others;
}
