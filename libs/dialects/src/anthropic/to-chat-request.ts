import type { ChatRequest, ResponseFormat } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatCall } from "../chat-call.ts";
import { type Findings, noFindings } from "../findings.ts";
import { keepIfUnknownKeys, keepUnknownFields, type Leftovers, toUnknownFields } from "../leftovers.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { withinStack } from "../within-stack.ts";
import { mergeTerms, NO_TERMS, type RoutingTerms, toContext, toPolicy } from "../routing-terms.ts";
import { ANTHROPIC_MESSAGES } from "./home.ts";
import { MESSAGES_BODY_FIELDS, type MessagesBody } from "./messages-body.ts";
import { toMessages } from "./to-messages.ts";
import { toReasoning } from "./to-reasoning.ts";
import { toToolChoice, toTools } from "./to-tools.ts";

const KNOWN_CONFIG: ReadonlySet<string> = new Set(["format", "effort"]);
const KNOWN_METADATA: ReadonlySet<string> = new Set(["user_id"]);
const KNOWN_FORMAT: ReadonlySet<string> = new Set(["type", "name", "schema"]);
const KNOWN_CHOICE: ReadonlySet<string> = new Set(["type", "name", "disable_parallel_tool_use"]);
const SCHEMA_NAME = "answer";

/**
 * A Messages body as what is asked of the mesh.
 *
 * @param fromHeaders routing terms of the headers; those in the body win
 * @param betas       features of the API that the caller names in a header
 * @returns violations for content that cannot be read, such as malformed base64
 */
export function toChatRequest(
  body: MessagesBody,
  fromHeaders: RoutingTerms = NO_TERMS,
  betas: readonly string[] = [],
): Parsed<ChatCall> {
  return withinStack(() => {
    const findings = noFindings();
    const terms = mergeTerms(fromHeaders, body.fairlead as RoutingTerms | null | undefined);
    const call = {
      chat: toChat(body, betas, findings),
      context: toContext(terms),
      policy: toPolicy(terms),
      stream: body.stream ?? false,
      includeUsage: true,
    };
    return parsed(call, findings.violations);
  });
}

function toChat(body: MessagesBody, betas: readonly string[], findings: Findings): ChatRequest {
  const chat: ChatRequest = {
    $typeName: "fairlead.chat.v1.ChatRequest",
    model: body.model,
    messages: toMessages(body, findings),
    tools: toTools(body.tools, findings),
    stopSequences: body.stop_sequences ?? [],
    candidateCount: 0,
    endUser: body.metadata?.user_id ?? "",
    unknownFields: [],
  };
  setOptions(chat, body);
  const reasoning = toReasoning(body, findings.leftovers);
  if (reasoning !== undefined) chat.reasoning = reasoning;
  keepRest(body, betas, findings.leftovers);
  chat.unknownFields = toUnknownFields(findings.leftovers, ANTHROPIC_MESSAGES, findings.violations);
  return chat;
}

/** Keeps what the contract has no word for. Features named in a header are kept as SDKs write them beside the fields. */
function keepRest(body: MessagesBody, betas: readonly string[], leftovers: Leftovers): void {
  keepUnknownFields(leftovers, body, MESSAGES_BODY_FIELDS);
  keepIfUnknownKeys(leftovers, "output_config", body.output_config, body.output_config ?? {}, KNOWN_CONFIG);
  const format = body.output_config?.format ?? body.output_format;
  keepIfUnknownKeys(leftovers, "output_config", { ...body.output_config, format }, format ?? {}, KNOWN_FORMAT);
  keepIfUnknownKeys(leftovers, "tool_choice", body.tool_choice, body.tool_choice ?? {}, KNOWN_CHOICE);
  keepIfUnknownKeys(leftovers, "metadata", body.metadata, body.metadata ?? {}, KNOWN_METADATA);
  if (betas.length > 0) leftovers.top.set("betas", [leftovers.top.get("betas") ?? [], betas].flat());
}

function setOptions(chat: ChatRequest, body: MessagesBody): void {
  if (isGiven(body.max_tokens)) chat.maxOutputTokens = body.max_tokens;
  if (isGiven(body.temperature)) chat.temperature = body.temperature;
  if (isGiven(body.top_p)) chat.topP = body.top_p;
  if (isGiven(body.top_k)) chat.topK = body.top_k;
  if (isGiven(body.tool_choice)) chat.toolChoice = toToolChoice(body.tool_choice);
  const format = body.output_config?.format ?? body.output_format;
  if (isGiven(format)) chat.responseFormat = toResponseFormat(format);
}

function toResponseFormat({ name, schema }: NonNullable<MessagesBody["output_format"]>): ResponseFormat {
  const value = {
    $typeName: "fairlead.chat.v1.JsonSchemaFormat" as const,
    name: name ?? SCHEMA_NAME,
    schemaJson: JSON.stringify(schema),
    description: "",
  };
  return { $typeName: "fairlead.chat.v1.ResponseFormat", format: { case: "jsonSchema", value } };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
