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
import { fromChatResponse as toResponse } from "./responses/from-chat-response.ts";
import { parseResponsesBody } from "./responses/responses-body.ts";
import { toChatRequest as fromResponsesBody } from "./responses/to-chat-request.ts";

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
    signature: fc.option(signature, { nil: new Uint8Array(0) }),
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

  it.each([
    ["whole", (items: readonly { readonly id: string }[]) => items],
    ["by its own ids alone", (items: readonly { readonly id: string }[]) => items.map(({ id }) => ({ type: "item_reference", id }))],
  ])("is the same turn again in the dialect of the Responses API, %s", (how, handedBack) => {
    // Calls are handed back whole by every client.
    const said = how === "whole" ? answer : answer.map((parts) => parts.filter(({ content }) => content?.case !== "toolCall")).filter((parts) => parts.length > 0);
    fc.assert(
      fc.property(said, (parts) => {
        const asked = valueOf(fromResponsesBody(valueOf(parseResponsesBody({ model: "m", input: "Hi." }))));
        const response = create(GenerateResponseSchema, { chat: { choices: [{ parts }] } });
        const { output } = toResponse(response, { id: "r", created: 1, model: "m" }, asked);
        const body = asSent({ model: "m", input: [{ role: "user", content: "Hi." }, ...handedBack(output)] });
        const turn = valueOf(fromResponsesBody(valueOf(parseResponsesBody(body)))).chat.messages[1];
        const expected = create(MessageSchema, { role: 4, parts });
        expect(turn === undefined ? undefined : toJson(MessageSchema, turn)).toEqual(parts.length === 0 ? undefined : toJson(MessageSchema, expected));
      }),
    );
  });
});
