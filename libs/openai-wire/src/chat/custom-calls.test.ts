import { create, fromJson, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { OPENAI_FLAVOR } from "../flavor.ts";
import { fromChatCompletion } from "./from-chat-completion.ts";
import { createChatStream } from "./from-chat-stream.ts";
import { toChatBody } from "./to-chat-body.ts";

const CALL = { id: "call_1", type: "custom", custom: { name: "run_code", input: "print('hi')" } };
const settings = { flavor: OPENAI_FLAVOR, adaptations: [], now: () => 0 };
const blockOf = (part: Part | undefined) =>
  part?.content.case === "foreign" && part.content.value.value !== undefined ? toJson(ValueSchema, part.content.value.value) : undefined;

describe("a call of a custom tool", () => {
  it("is carried as it is, and ends a turn as any call does", () => {
    const body = { choices: [{ index: 0, message: { content: null, tool_calls: [CALL] }, finish_reason: "tool_calls" }] };
    const [choice] = fromChatCompletion(body, settings).choices;
    expect([blockOf(choice?.parts[0]), choice?.finishReason]).toEqual([CALL, FinishReason.TOOL_CALLS]);
  });

  it("is put together from the pieces of a stream", () => {
    const piece = (delta: object, finish: string | null = null) => JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] });
    const calls = (call: object) => piece({ tool_calls: [{ index: 0, ...call }] });
    const stream = createChatStream(settings);
    const deltas: ChatDelta[] = [];
    const chunks = [
      calls({ id: "call_1", type: "custom", custom: { name: "run_code", input: "" } }),
      calls({ custom: { input: "print(" } }),
      calls({ custom: { input: "'hi')" } }),
      piece({}, "tool_calls"),
      "[DONE]",
    ];
    for (const data of chunks) stream.push({ data, id: undefined, event: undefined }, deltas);
    const [part, finished] = deltas.filter(({ step }) => step.case === "part" || step.case === "finished").map(({ step }) => step.value);
    expect(blockOf(part as Part)).toEqual(CALL);
    expect(finished).toMatchObject({ reason: FinishReason.TOOL_CALLS });
  });

  it("goes back among the calls of its turn", () => {
    const foreign = { content: { case: "foreign" as const, value: { dialect: "openai.chat", value: fromJson(ValueSchema, CALL) } } };
    const request = create(ChatRequestSchema, { model: "gpt-5", messages: [{ role: Role.ASSISTANT, parts: [foreign] }] });
    const { body } = toChatBody(request, { flavor: OPENAI_FLAVOR, traits: undefined, strict: true, stream: false });
    expect(body.messages).toEqual([{ role: "assistant", content: null, tool_calls: [CALL] }]);
  });
});
