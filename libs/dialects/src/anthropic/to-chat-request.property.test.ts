import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import fc from "fast-check";
import { arbitraryMessagesBody } from "../../test/arbitrary-messages-body.ts";
import { writeMessagesBody } from "../../test/write-messages-body.ts";
import { parseMessagesBody } from "./messages-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

describe("a Messages body", () => {
  it("can be written again from what was read of it, over the wire of the mesh", () => {
    fc.assert(
      fc.property(arbitraryMessagesBody, (body) => {
        const parsed = parseMessagesBody(body);
        const call = parsed.kind === "ok" ? toChatRequest(parsed.value) : parsed;
        if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
        const chat = fromBinary(ChatRequestSchema, toBinary(ChatRequestSchema, create(ChatRequestSchema, call.value.chat)));
        expect(writeMessagesBody(chat)).toEqual(body);
      }),
      { numRuns: 300 },
    );
  });
});

describe("any JSON value", () => {
  it("is read or refused by field, but nothing is thrown", () => {
    const key = fc.constantFrom("model", "max_tokens", "messages", "role", "content", "type", "tools", "source", "input", "text", "system", "thinking");
    const leaf = fc.oneof(fc.constantFrom("user", "assistant", "text", "image", "tool_use", "m", ""), fc.integer(), fc.constant(null), fc.double());
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(key, tie("value"), { maxKeys: 6 })),
    }));
    fc.assert(
      fc.property(value, value, (json, messages) => {
        for (const body of [json, { model: "m", max_tokens: 1, messages }]) {
          const parsed = parseMessagesBody(body);
          const read = parsed.kind === "ok" ? toChatRequest(parsed.value) : parsed;
          if (read.kind === "invalid") expect(read.violations.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
