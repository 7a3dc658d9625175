import type { ChatRequest, ReasoningControl } from "@fairlead/contracts/chat/v1/chat_request";
import { ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCall } from "../chat-call.ts";
import { type Findings, noFindings } from "../findings.ts";
import { keepUnknownFields, toUnknownFields } from "../leftovers.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { readEffort } from "../reasoning-effort.ts";
import { withinStack } from "../within-stack.ts";
import { mergeTerms, NO_TERMS, type RoutingTerms, toContext, toPolicy } from "../routing-terms.ts";
import { CHAT_BODY_FIELDS, type ChatBody } from "./chat-body.ts";
import { OPENAI_CHAT } from "./dialect.ts";
import { toMessages } from "./to-messages.ts";
import { toResponseFormat } from "./to-response-format.ts";
import { toToolChoice, toTools } from "./to-tools.ts";

/**
 * A chat completion's body as what is asked of the mesh.
 *
 * @param fromHeaders routing terms of the headers; those in the body win
 * @returns violations for content that cannot be read, such as a malformed data: URL
 */
export function toChatRequest(body: ChatBody, fromHeaders: RoutingTerms = NO_TERMS): Parsed<ChatCall> {
  return withinStack(() => {
    const findings = noFindings();
    const terms = mergeTerms(fromHeaders, body.fairlead as RoutingTerms | null | undefined);
    const call = {
      chat: toChat(body, findings),
      context: toContext(terms),
      policy: toPolicy(terms),
      stream: body.stream ?? false,
      includeUsage: body.stream_options?.include_usage ?? false,
    };
    return parsed(call, findings.violations);
  });
}

function toChat(body: ChatBody, findings: Findings): ChatRequest {
  const chat: ChatRequest = {
    $typeName: "fairlead.chat.v1.ChatRequest",
    model: body.model,
    messages: toMessages(body.messages, findings),
    tools: toTools(body, findings),
    stopSequences: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
    candidateCount: body.n ?? 0,
    endUser: body.safety_identifier ?? body.user ?? "",
    unknownFields: [],
  };
  setSampling(chat, body);
  const choice = toToolChoice(body, findings);
  if (choice !== undefined) chat.toolChoice = choice;
  if (isGiven(body.response_format)) chat.responseFormat = toResponseFormat(body.response_format);
  const reasoning = toReasoning(body, findings);
  if (reasoning !== undefined) chat.reasoning = reasoning;
  keepUnknownFields(findings.leftovers, body, CHAT_BODY_FIELDS);
  if (isGiven(body.safety_identifier) && isGiven(body.user)) findings.leftovers.top.set("user", body.user);
  chat.unknownFields = toUnknownFields(findings.leftovers, OPENAI_CHAT, findings.violations);
  return chat;
}

function setSampling(chat: ChatRequest, body: ChatBody): void {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  if (isGiven(limit)) chat.maxOutputTokens = limit;
  if (isGiven(body.temperature)) chat.temperature = body.temperature;
  if (isGiven(body.top_p)) chat.topP = body.top_p;
  if (isGiven(body.top_k)) chat.topK = body.top_k;
  if (isGiven(body.frequency_penalty)) chat.frequencyPenalty = body.frequency_penalty;
  if (isGiven(body.presence_penalty)) chat.presencePenalty = body.presence_penalty;
  if (isGiven(body.seed)) chat.seed = BigInt(body.seed);
}

function toReasoning(body: ChatBody, findings: Findings): ReasoningControl | undefined {
  const word = body.reasoning_effort;
  if (!isGiven(word) && !isGiven(body.include_reasoning)) return undefined;
  const reading = isGiven(word) ? readEffort(word) : undefined;
  if (reading?.exact === false) findings.leftovers.top.set("reasoning_effort", word);
  return {
    $typeName: "fairlead.chat.v1.ReasoningControl",
    effort: reading?.effort ?? ReasoningEffort.UNSPECIFIED,
    includeText: body.include_reasoning ?? false,
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
