import { type ChatRequest, type KeptAnswer, type ReasoningControl, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCall } from "../chat-call.ts";
import { type Findings, noFindings } from "../findings.ts";
import { keepIfUnknownKeys, keepUnknownFields, toUnknownFields } from "../leftovers.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { readEffort } from "../reasoning-effort.ts";
import { mergeTerms, NO_TERMS, type RoutingTerms, toContext, toPolicy } from "../routing-terms.ts";
import { withinStack } from "../within-stack.ts";
import { readKeptAnswerId } from "./answer-id.ts";
import { OPENAI_RESPONSES } from "./dialect.ts";
import { RESPONSES_BODY_FIELDS, type ResponsesBody } from "./responses-body.ts";
import { toMessages } from "./to-messages.ts";
import { toResponseFormat } from "./to-response-format.ts";
import { toToolChoice, toTools } from "./to-tools.ts";

/** A caller's request in the dialect of the Responses API. */
export interface ResponsesCall extends ChatCall {
  /** The body, whose settings the answer repeats. */
  readonly body: ResponsesBody;
}

/** Encrypted reasoning comes with every answer that nobody keeps, so that asking for it asks for nothing more. */
const ALWAYS_INCLUDED = "reasoning.encrypted_content";
const KNOWN_REASONING: ReadonlySet<string> = new Set(["effort", "summary"]);

/**
 * A Responses body as what is asked of the mesh.
 *
 * @param fromHeaders routing terms of the headers; those in the body win
 * @returns violations for content that cannot be read, and for what only a provider that kept it could know
 */
export function toChatRequest(body: ResponsesBody, fromHeaders: RoutingTerms = NO_TERMS): Parsed<ResponsesCall> {
  return withinStack(() => {
    const findings = noFindings("input");
    const terms = mergeTerms(fromHeaders, body.fairlead as RoutingTerms | null | undefined);
    const call = {
      chat: toChat(body, findings),
      context: toContext(terms),
      policy: toPolicy(terms),
      stream: body.stream ?? false,
      includeUsage: true,
      body,
    };
    return parsed(call, findings.violations);
  });
}

function toChat(body: ResponsesBody, findings: Findings): ChatRequest {
  const chat: ChatRequest = {
    $typeName: "fairlead.chat.v1.ChatRequest",
    model: body.model,
    messages: toMessages(body, findings),
    tools: toTools(body, findings),
    stopSequences: [],
    candidateCount: 0,
    endUser: body.safety_identifier ?? body.user ?? "",
    unknownFields: [],
  };
  if (isGiven(body.max_output_tokens)) chat.maxOutputTokens = body.max_output_tokens;
  if (isGiven(body.temperature)) chat.temperature = body.temperature;
  if (isGiven(body.top_p)) chat.topP = body.top_p;
  const choice = toToolChoice(body, findings);
  if (choice !== undefined) chat.toolChoice = choice;
  const format = toResponseFormat(body, findings);
  if (format !== undefined) chat.responseFormat = format;
  const reasoning = toReasoningControl(body, findings);
  if (reasoning !== undefined) chat.reasoning = reasoning;
  const previous = toPreviousAnswer(body, findings);
  if (previous !== undefined) chat.previousAnswer = previous;
  keepFields(body, findings);
  chat.unknownFields = toUnknownFields(findings.leftovers, OPENAI_RESPONSES, findings.violations);
  return chat;
}

/** Fields that are read, where they say more than the contract can, and those that are not. */
function keepFields(body: ResponsesBody, { leftovers }: Findings): void {
  keepUnknownFields(leftovers, body, RESPONSES_BODY_FIELDS);
  if (body.store === true) leftovers.top.set("store", true);
  if (body.truncation === "auto") leftovers.top.set("truncation", "auto");
  if (body.include?.some((word) => word !== ALWAYS_INCLUDED)) leftovers.top.set("include", body.include);
  if (isGiven(body.safety_identifier) && isGiven(body.user)) leftovers.top.set("user", body.user);
}

function toReasoningControl({ reasoning }: ResponsesBody, { leftovers }: Findings): ReasoningControl | undefined {
  if (!isGiven(reasoning)) return undefined;
  const { effort: word, summary } = reasoning;
  const reading = isGiven(word) ? readEffort(word) : undefined;
  if (reading?.exact === false || (isGiven(summary) && summary !== "auto")) leftovers.top.set("reasoning", reasoning);
  keepIfUnknownKeys(leftovers, "reasoning", reasoning, reasoning, KNOWN_REASONING);
  const effort = reading?.effort ?? ReasoningEffort.UNSPECIFIED;
  return { $typeName: "fairlead.chat.v1.ReasoningControl", effort, includeText: isGiven(summary) };
}

function toPreviousAnswer({ previous_response_id: id }: ResponsesBody, { violations }: Findings): KeptAnswer | undefined {
  if (!isGiven(id)) return undefined;
  const kept = readKeptAnswerId(id);
  if (kept !== undefined) return kept;
  const description = "No provider keeps this answer; send the whole conversation as input.";
  violations.push({ field: "previous_response_id", description, rule: "unsupported" });
  return undefined;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
