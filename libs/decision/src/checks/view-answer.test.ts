import { create, fromJson, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ChatDeltaSchema } from "@fairlead/contracts/chat/v1/chat_delta";
import { ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { scoreAnswer } from "./score-answer.ts";
import { type AnswerView, gatherDeltas, viewAnswers } from "./view-answer.ts";

const own = { dialect: "anthropic.messages", value: fromJson(ValueSchema, { type: "server_tool_use" }) };
const foreign = { content: { case: "foreign" as const, value: own } };
const asked = { question: "Find it.", tools: new Set<string>(), requiredTool: undefined, wantsJson: false };

describe("an answer as checks see it", () => {
  it("is the same whether it is whole or streamed, also with what only one dialect has", () => {
    const cited = { content: { case: "text" as const, value: { text: "so" } }, extraFields: [{ ...own, name: "citations" }] };
    const whole = viewAnswers(create(ChatResponseSchema, { choices: [{ parts: [foreign, cited], finishReason: FinishReason.STOP }] }));
    const streamed: AnswerView[] = [];
    const steps: MessageInitShape<typeof ChatDeltaSchema>["step"][] = [
      { case: "part", value: foreign },
      { case: "extraField", value: { ...own, name: "content_block.citations" } },
      { case: "text", value: "so" },
      { case: "finished", value: { reason: FinishReason.STOP } },
    ];
    gatherDeltas(streamed, steps.map((step) => create(ChatDeltaSchema, { step } as MessageInitShape<typeof ChatDeltaSchema>)));
    expect(streamed).toEqual(whole);
    expect(whole).toEqual([{ text: "so", refused: false, finish: FinishReason.STOP, calls: [], media: true }]);
  });

  it("is not empty where it says something to callers of its dialect alone", () => {
    const [view] = viewAnswers(create(ChatResponseSchema, { choices: [{ parts: [foreign], finishReason: FinishReason.PAUSE }] }));
    expect(scoreAnswer(view as AnswerView, asked).defects).toEqual([]);
  });
});
