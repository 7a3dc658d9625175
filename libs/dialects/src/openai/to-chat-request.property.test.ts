import { toJson } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import fc from "fast-check";
import { arbitraryChat } from "../../test/arbitrary-chat.ts";
import { writeChatBody } from "../../test/write-chat-body.ts";
import { parseChatBody } from "./chat-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

describe("a chat request written as an OpenAI body", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(arbitraryChat, (chat) => {
        const body = parseChatBody(JSON.parse(JSON.stringify(writeChatBody(chat))));
        if (body.kind === "invalid") throw new Error(JSON.stringify(body.violations));
        const call = toChatRequest(body.value);
        if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
        expect(toJson(ChatRequestSchema, call.value.chat)).toEqual(toJson(ChatRequestSchema, chat));
      }),
      { numRuns: 300 },
    );
  });
});

describe("any JSON value", () => {
  it("is read or refused, but nothing is thrown", () => {
    const key = fc.constantFrom(
      "model",
      "messages",
      "role",
      "content",
      "type",
      "tools",
      "tool_calls",
      "function",
      "fairlead",
      "text",
      "n",
    );
    const leaf = fc.oneof(
      fc.constantFrom("user", "assistant", "text", "m", ""),
      fc.integer(),
      fc.constant(null),
      fc.double(),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(value, (json) => {
        const body = parseChatBody(json);
        if (body.kind === "ok") toChatRequest(body.value);
        else expect(body.violations.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
