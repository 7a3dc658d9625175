import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { GenerateRequestSchema } from "@fairlead/contracts/routing/v1/router_service";
import { FairleadError } from "./fairlead-error.ts";
import { validate } from "./validate.ts";

const text = { content: { case: "text" as const, value: { text: "Hi" } } };
const valid: MessageInitShape<typeof ChatRequestSchema> = { model: "auto", messages: [{ role: Role.USER, parts: [text] }] };

function detailOf(chat: MessageInitShape<typeof ChatRequestSchema>) {
  try {
    validate(GenerateRequestSchema, create(GenerateRequestSchema, { chat }));
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FairleadError);
    return (thrown as FairleadError).detail;
  }
  return undefined;
}

describe("holding a message against its contract", () => {
  it("lets through what keeps to it", () => {
    expect(detailOf(valid)).toBeUndefined();
  });

  it.each<[string, MessageInitShape<typeof ChatRequestSchema>]>([
    ["chat.model", { ...valid, model: "" }],
    ["chat.messages", { ...valid, messages: [] }],
    ["chat.messages[0].role", { ...valid, messages: [{ parts: [text] }] }],
    ["chat.messages[1].parts[0].content", { ...valid, messages: [{ role: Role.USER }, { role: Role.USER, parts: [{}] }] }],
    ["chat.temperature", { ...valid, temperature: 2.1 }],
    ["chat.temperature", { ...valid, temperature: Number.NaN }],
    ["chat.max_output_tokens", { ...valid, maxOutputTokens: 0 }],
    ["chat.stop_sequences[0]", { ...valid, stopSequences: [""] }],
    ["chat.tools[0].name", { ...valid, tools: [{ name: "no spaces" }] }],
  ])("names %s", (field, chat) => {
    const detail = detailOf(chat);
    expect(detail).toMatchObject({ code: ErrorCode.INVALID_REQUEST, retryable: false });
    expect(detail?.violations[0]).toMatchObject({ field, description: expect.any(String), rule: expect.any(String) });
    expect(detail?.message.startsWith(`${field}: `)).toBe(true);
  });

  it("names each field that is wrong, but not so many that no trailer could carry them", () => {
    const messages = Array.from({ length: 4_000 }, () => ({ parts: [{}] }));
    const violations = detailOf({ model: "!", messages })?.violations ?? [];
    expect(violations.slice(0, 2).map(({ field }) => field)).toEqual(["chat.model", "chat.messages[0].role"]);
    expect(violations.length).toBeLessThanOrEqual(16);
  });

  it("quotes nothing of the request", () => {
    const detail = detailOf({ ...valid, model: "sk secret", endUser: "secret".repeat(100), tools: [{ name: "sk secret" }] });
    expect(JSON.stringify([detail?.message, detail?.violations])).not.toContain("secret");
  });
});
