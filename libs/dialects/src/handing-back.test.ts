import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { type Message, MessageSchema } from "@fairlead/contracts/chat/v1/message";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import fc from "fast-check";
import { parseMessagesBody } from "./anthropic/messages-body.ts";
import { fromChatResponse as toMessageAnswer } from "./anthropic/from-chat-response.ts";
import { toChatRequest as fromMessagesBody } from "./anthropic/to-chat-request.ts";
import type { ChatCall } from "./chat-call.ts";
import { parseChatBody } from "./openai/chat-body.ts";
import { fromChatResponse as toChatCompletion } from "./openai/from-chat-response.ts";
import { toChatRequest as fromChatBody } from "./openai/to-chat-request.ts";
import type { Parsed } from "./parsed.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

const text = fc.string({ minLength: 1, maxLength: 20 });
const signature = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((value) => new Uint8Array(value));
const provider = fc.constantFrom("anthropic", "google", "deepseek");
const reasoning = fc
  .record({ text, signature, provider, redacted: fc.boolean() })
  .map((value): PartInit => ({
    content: { case: "reasoning", value: { ...value, text: value.redacted ? "" : value.text } },
  }));
const words = text.map((value): PartInit => ({ content: { case: "text", value: { text: value } } }));
const calls = fc
  .record({
    id: text,
    name: text,
    argumentsJson: fc.dictionary(text, fc.integer()).map((value) => JSON.stringify(value)),
  })
  .map((value): PartInit => ({ content: { case: "toolCall", value } }));
const answer = fc
  .tuple(fc.array(reasoning, { maxLength: 2 }), fc.array(words, { maxLength: 1 }), fc.array(calls, { maxLength: 2 }))
  .map((groups) => groups.flat());

function valueOf<T>(parsed: Parsed<T>): T {
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.violations));
  return parsed.value;
}

const lastMessage = (call: ChatCall) => toJson(MessageSchema, call.chat.messages.at(-1) as Message);
const asSent = (body: unknown) => JSON.parse(JSON.stringify(body)) as unknown;

describe("an answer that a caller hands back", () => {
  it("is the same turn again in OpenAI's dialect", () => {
    fc.assert(
      fc.property(answer, (parts) => {
        const completion = toChatCompletion(create(GenerateResponseSchema, { chat: { choices: [{ parts }] } }), {
          id: "r",
          created: 1,
          model: "m",
        });
        const body = asSent({ model: "m", messages: [completion.choices[0]?.message] });
        const turn = lastMessage(valueOf(fromChatBody(valueOf(parseChatBody(body)))));
        expect(turn).toEqual(toJson(MessageSchema, create(MessageSchema, { role: 4, parts })));
      }),
    );
  });

  it("is the same turn again in Anthropic's dialect", () => {
    fc.assert(
      fc.property(answer, (parts) => {
        const { role, content } = toMessageAnswer(create(GenerateResponseSchema, { chat: { choices: [{ parts }] } }), {
          id: "r",
          model: "m",
        });
        const body = asSent({ model: "m", max_tokens: 1, messages: [{ role, content }] });
        const turn = lastMessage(valueOf(fromMessagesBody(valueOf(parseMessagesBody(body)))));
        expect(turn).toEqual(toJson(MessageSchema, create(MessageSchema, { role: 4, parts })));
      }),
    );
  });
});
