import { asCount, asObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { InputTokenCountParams } from "openai/resources/responses/input-tokens";
import { type ResponsesBodySettings, toResponsesBody } from "./to-responses-body.ts";

/** What of a body the count depends on, and takes. */
const COUNTED = [
  "conversation",
  "input",
  "instructions",
  "model",
  "parallel_tool_calls",
  "previous_response_id",
  "reasoning",
  "text",
  "tool_choice",
  "tools",
  "truncation",
] as const;

/** Writes a request as it is taken to count its tokens. Throws as `toResponsesBody` does. */
export function toInputTokenBody(
  request: ChatRequest,
  settings: Pick<ResponsesBodySettings, "flavor" | "traits" | "deployment">,
): InputTokenCountParams {
  const { body } = toResponsesBody(request, { ...settings, strict: false, stream: false });
  const written = body as unknown as Record<string, unknown>;
  return Object.fromEntries(COUNTED.flatMap((name) => (written[name] === undefined ? [] : [[name, written[name]]])));
}

/**
 * Reads a count.
 *
 * @throws FairleadError MALFORMED_ANSWER where there is none
 */
export function fromInputTokenCount(json: unknown): number {
  const { input_tokens: count } = asObject(json);
  if (typeof count !== "number") throw malformedAnswer("The provider's answer has no count of tokens.");
  return asCount(count);
}
