import type { Answer } from "../answer/plan-answer.ts";
import { type JsonObject, listOf, objectOf } from "../json.ts";
import { encryptReasoning } from "./encrypted-reasoning.ts";
import type { ItemIds } from "./item-ids.ts";

export interface ResponseHead {
  readonly id: string;
  readonly createdAt: number;
  readonly model: string;
  readonly body: JsonObject;
  readonly deployment: string;
}

/** The response with what came of it: `output` and the end, or neither while it is in progress. */
export function responseObject(
  head: ResponseHead,
  status: string,
  output: readonly object[],
  usage: object | null,
): object {
  const { id, createdAt, model, body } = head;
  const ended = status !== "in_progress";
  const incomplete = status === "incomplete" ? { reason: "max_output_tokens" } : null;
  return {
    id,
    object: "response",
    created_at: createdAt,
    status,
    background: false,
    completed_at: ended ? createdAt : null,
    error: null,
    incomplete_details: incomplete,
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: null,
    model,
    output,
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    previous_response_id: body["previous_response_id"] ?? null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    reasoning: { effort: null, summary: null, ...objectOf(body["reasoning"]) },
    safety_identifier: null,
    service_tier: "default",
    store: body["store"] ?? true,
    temperature: body["temperature"] ?? 1,
    text: { format: objectOf(body["text"])?.["format"] ?? { type: "text" }, verbosity: "medium" },
    tool_choice: body["tool_choice"] ?? "auto",
    tools: listOf(body["tools"]),
    top_logprobs: 0,
    top_p: body["top_p"] ?? 1,
    truncation: "disabled",
    usage,
    user: null,
    metadata: body["metadata"] ?? {},
  };
}

/** `incomplete` where the answer was cut by its limit. */
export function finalStatus(answer: Answer): "completed" | "incomplete" {
  return answer.finish === "length" ? "incomplete" : "completed";
}

/** The reasoning item, with a summary and encrypted content where the caller wants them. */
export function reasoningItem(ids: ItemIds, answer: Answer, { body, deployment }: ResponseHead): object {
  const summary = wantsSummary(body) ? [summaryPart(answer.thinking)] : [];
  const item = { id: ids.reasoning, type: "reasoning", summary };
  if (!listOf(body["include"]).includes("reasoning.encrypted_content")) return item;
  return { ...item, encrypted_content: encryptReasoning(answer.thinking, deployment) };
}

export function wantsSummary(body: JsonObject): boolean {
  return (objectOf(body["reasoning"])?.["summary"] ?? null) !== null;
}

export function summaryPart(text: string): object {
  return { type: "summary_text", text };
}

export function messageItem(ids: ItemIds, answer: Answer): object {
  return {
    id: ids.message,
    type: "message",
    status: finalStatus(answer),
    role: "assistant",
    content: [contentPart(answer, answer.text)],
  };
}

/** A part with so much of the answer's text. */
export function contentPart(answer: Answer, text: string): object {
  if (answer.finish === "refusal") return { type: "refusal", refusal: text };
  return { type: "output_text", annotations: [], logprobs: [], text };
}

export function callItem(ids: ItemIds, call: Answer["calls"][number]): object {
  return {
    id: ids.call(call.key),
    type: "function_call",
    status: "completed",
    arguments: call.json,
    call_id: `call_${call.key}`,
    name: call.name,
  };
}

/** All items of an answer in their order. */
export function outputItems(ids: ItemIds, answer: Answer, head: ResponseHead): readonly object[] {
  const reasoning = answer.thinking === "" ? [] : [reasoningItem(ids, answer, head)];
  if (answer.calls.length > 0) return [...reasoning, ...answer.calls.map((call) => callItem(ids, call))];
  return [...reasoning, messageItem(ids, answer)];
}
