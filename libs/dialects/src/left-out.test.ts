import { create, fromJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { AdaptationKind, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { call, delta, reasoning, sealed, text } from "../test/delta.ts";
import { leftOutOf, LeftOutSteps } from "./left-out.ts";

const value = fromJson(ValueSchema, { a: 1 });
const foreign = (dialect: string) => ({ content: { case: "foreign" as const, value: { dialect, value } } });
const field = (dialect: string, name: string) => ({ dialect, name, value });
const block = (path: string) => ({ field: `${path}.foreign`, kind: AdaptationKind.DROPPED, detail: "The answer holds a block that only openai.responses has." });
const extra = (path: string) => ({ field: path, kind: AdaptationKind.DROPPED, detail: "The answer has a field that only openai.responses has." });

describe("what of an answer is left out", () => {
  it("is what another dialect has alone, wherever it stands", () => {
    const said = { content: { case: "text" as const, value: { text: "so" } }, extraFields: [field("openai.responses", "annotations")] };
    const chat = create(ChatResponseSchema, {
      choices: [
        { index: 0, parts: [foreign("anthropic.messages"), said, foreign("openai.responses")] },
        { index: 1, parts: [], extraFields: [field("openai.responses", "logprobs"), field("anthropic.messages", "container")] },
      ],
      extraFields: [field("openai.responses", "service_tier")],
    });
    expect(leftOutOf(chat, "anthropic.messages")).toMatchObject([
      extra("extra_fields.service_tier"),
      extra("choices[0].parts[1].extra_fields.annotations"),
      block("choices[0].parts[2]"),
      extra("choices[1].extra_fields.logprobs"),
    ]);
    expect(leftOutOf(undefined, "anthropic.messages")).toEqual([]);
  });

  it("is counted by part in a stream, and told once for each field", () => {
    const steps = new LeftOutSteps("anthropic.messages");
    const logprobs = delta({ case: "extraField", value: field("openai.responses", "logprobs") });
    const part = delta({ case: "part", value: foreign("openai.responses") });
    for (const step of [reasoning("a"), reasoning("b"), sealed("s"), text("c"), logprobs, text("d"), call(0, "f"), part, logprobs, text("e"), part]) steps.see(step);
    expect(steps.entries).toMatchObject([extra("choices[0].extra_fields.logprobs"), block("choices[0].parts[3]"), block("choices[0].parts[5]")]);
  });
});
