import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Part } from "@fairlead/contracts/chat/v1/content";
import { CHAT_DIALECT, RESPONSES_DIALECT } from "../dialects.ts";
import { namedEffort, reasons } from "../reasoning-effort.ts";
import type { ModelTraits } from "../traits.ts";
import { isOfChatAlone } from "./shared-fields.ts";

/**
 * Whether a request goes by the Responses API rather than by chat completions: where only that API offers the model, knows
 * what the request says, or lets the model reason before it uses tools.
 *
 * @param provider whose own reasoning goes back by that API
 */
export function wantsResponses(request: ChatRequest, traits: ModelTraits | undefined, provider: string): boolean {
  if (request.previousAnswer !== undefined || traits?.api === "responses") return true;
  if (request.unknownFields.some(({ dialect }) => dialect.startsWith(RESPONSES_DIALECT))) return true;
  if (someInnerPart(request, (part) => saysResponses(part, provider))) return true;
  const barred = traits?.tools_bar_reasoning === true && request.tools.length > 0 && willReason(request, traits);
  return barred && !needsChat(request);
}

function saysResponses({ content, extraFields }: Part, provider: string): boolean {
  if (content.case === "foreign") return content.value.dialect === RESPONSES_DIALECT;
  if (content.case === "reasoning") return content.value.provider === provider && content.value.signature.length > 0;
  return extraFields.some(({ dialect }) => dialect === RESPONSES_DIALECT);
}

function willReason({ reasoning }: ChatRequest, traits: ModelTraits): boolean {
  const asked =
    reasoning === undefined
      ? undefined
      : (namedEffort(reasoning) ?? (reasoning.budgetTokens === 0 ? "none" : undefined));
  return reasons(traits, asked ?? (reasoning?.budgetTokens === undefined ? undefined : "medium"));
}

/** True where a request says what only chat completions know. */
function needsChat(request: ChatRequest): boolean {
  if (request.candidateCount > 1) return true;
  if (request.unknownFields.some(isOfChatAlone)) return true;
  return someInnerPart(
    request,
    ({ content }) => content.case === "audio" || (content.case === "foreign" && content.value.dialect === CHAT_DIALECT),
  );
}

function someInnerPart(request: ChatRequest, test: (part: Part) => boolean): boolean {
  return request.messages.some(({ parts }) =>
    parts.some((part) => test(part) || (part.content.case === "toolResult" && part.content.value.content.some(test))),
  );
}
