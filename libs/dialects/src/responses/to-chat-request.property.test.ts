import { create, toJson } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import fc from "fast-check";
import { arbitraryChat } from "../../test/arbitrary-chat.ts";
import { writeResponsesBody } from "../../test/write-responses-body.ts";
import { parseResponsesBody } from "./responses-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

/** What of any chat request the Responses API has words for. */
function expressible(chat: ChatRequest): ChatRequest {
  const rest = { ...chat };
  for (const field of ["frequencyPenalty", "presencePenalty", "seed", "topK"] as const) delete rest[field];
  return create(ChatRequestSchema, {
    ...rest,
    messages: chat.messages.reduce<Message[]>(merged, []),
    tools: chat.tools,
    stopSequences: [],
    candidateCount: 0,
    unknownFields: chat.unknownFields.map((field) => ({ ...field, dialect: "openai.responses" })),
  });
}

/** Turns of a model in a row are one. */
function merged(messages: Message[], message: Message): Message[] {
  const parts = message.parts.map(plain);
  const last = messages.at(-1);
  if (last?.role === Role.ASSISTANT && message.role === Role.ASSISTANT) last.parts.push(...parts);
  else messages.push({ ...message, name: "", parts });
  return messages;
}

function plain(marked: Part): Part {
  const { content, ...part } = { ...marked };
  delete part.cacheMarker;
  if (content.case === "toolResult") return { ...part, content: { case: "toolResult", value: { ...content.value, name: "", content: content.value.content.map(plain) } } };
  // A seal that nobody made says nothing.
  if (content.case === "reasoning" && content.value.provider === "") return { ...part, content: { case: "reasoning", value: { ...content.value, signature: new Uint8Array(0), redacted: false } } };
  return { ...part, content };
}

describe("a chat request written as a Responses body", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(arbitraryChat, (chat) => {
        const body = parseResponsesBody(JSON.parse(JSON.stringify(writeResponsesBody(chat))));
        if (body.kind === "invalid") throw new Error(JSON.stringify(body.violations));
        const call = toChatRequest(body.value);
        if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
        expect(toJson(ChatRequestSchema, call.value.chat)).toEqual(toJson(ChatRequestSchema, expressible(chat)));
      }),
      { numRuns: 300 },
    );
  });
});

describe("any JSON value", () => {
  it("is read or refused, but nothing is thrown", () => {
    const key = fc.constantFrom("model", "input", "role", "content", "type", "tools", "call_id", "id", "name", "fairlead", "text", "output", "arguments", "tool_choice", "reasoning");
    const leaf = fc.oneof(fc.constantFrom("user", "assistant", "message", "input_text", "item_reference", "function_call", "m", ""), fc.integer(), fc.constant(null), fc.double());
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(key, tie("value"), { maxKeys: 6 })),
    }));
    const body = fc.oneof(value, fc.record({ model: fc.constant("m"), input: fc.array(value, { minLength: 1, maxLength: 3 }) }));
    fc.assert(
      fc.property(body, (json) => {
        const parsed = parseResponsesBody(json);
        if (parsed.kind === "ok") toChatRequest(parsed.value);
        else expect(parsed.violations.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
