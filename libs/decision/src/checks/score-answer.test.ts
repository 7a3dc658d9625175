import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import fc from "fast-check";
import { findRepetition } from "./find-repetition.ts";
import { scoreAnswer } from "./score-answer.ts";
import type { AnswerView } from "./view-answer.ts";
import { viewQuestion } from "./view-question.ts";

const PROSE = `Harbours grow where a river meets the sea and ships can lie in calm water. Traders settle there, then builders of ships,
and in time the town needs walls, a market and a court. When ships became larger, many old harbours lost their trade to others with
deeper water, and some of them are now only a row of houses beside a meadow.`;

function asked(question: string, more: MessageInitShape<typeof ChatRequestSchema> = {}) {
  const messages = [{ role: Role.USER, parts: [{ content: { case: "text" as const, value: { text: question } } }] }];
  return viewQuestion(create(ChatRequestSchema, { model: "auto", messages, ...more }));
}

function answer(text: string, more: Partial<AnswerView> = {}): AnswerView {
  return { text, refused: false, finish: FinishReason.STOP, calls: [], media: false, ...more };
}

const LONG = "Tell me in your own words how the harbours of the north grew and why some of them were given up.";
const HARBOURS = asked("Tell me how harbours grow and why some of them decline.");
const WEATHER = { name: "get_weather", parametersJson: "{}" };
const called = (name: string, argumentsJson: string) => answer("", { calls: [{ name, argumentsJson }], finish: FinishReason.TOOL_CALLS });

describe("scoring an answer", () => {
  it.each<[string, AnswerView, ReturnType<typeof asked>]>([
    ["prose", answer(PROSE), HARBOURS],
    ["one word", answer("Yes."), asked("Is water wet?")],
    ["a picture", answer("", { media: true }), asked("Draw a harbour.")],
    ["an open end by a stop sequence", answer(PROSE, { finish: FinishReason.STOP_SEQUENCE }), HARBOURS],
    ["a list", answer(Array.from({ length: 30 }, (_, index) => `- Item ${index}: harbour of the town number ${index * 7}`).join("\n")), asked("List thirty harbours.")],
    ["a table", answer(Array.from({ length: 20 }, (_, index) => `| ${index} | Harbour ${index} | ${index * 13} ships |`).join("\n")), asked("Make a table of harbours.")],
    ["a translation", answer("Häfen wachsen dort, wo ein Fluss auf das Meer trifft und die Schiffe in ruhigem Wasser liegen können, und wo die Händler sich niederlassen und mit der Zeit eine Stadt ist."), asked("Translate this text about the harbours into German for me.")],
    ["a template that was asked for", answer("Dear [Name], thank you for [Your reason]."), asked("Write a template of a letter of thanks.")],
    ["a corrected text", answer("The ships are lying in the harbour because the storm has not yet passed."), asked("Correct: The ships are lying in the harbour because the storm has not yet passed")],
    ["a demanded call", called("get_weather", '{"city": "Oslo"}'), asked("Weather?", { tools: [WEATHER], toolChoice: { mode: ToolChoiceMode.REQUIRED } })],
    ["demanded JSON", answer('{"a": [1, 1, 1]}'), asked("JSON?", { responseFormat: { format: { case: "jsonObject", value: {} } } })],
    ["code", answer("```js\nfor (let i = 0; i < 3; i++) console.log(i);\n```"), asked("Write a loop in JavaScript.")],
  ])("finds nothing wrong with %s", (_, view, question) => {
    expect(scoreAnswer(view, question)).toEqual({ score: 1, defects: [] });
  });

  it.each<[string, AnswerView, ReturnType<typeof asked>, string, number]>([
    ["nothing", answer("  \n"), HARBOURS, "empty", 0],
    ["a refusal", answer("I'm sorry, but I can't help with that."), HARBOURS, "refused", 0.1],
    ["a filtered answer", answer("Harbours", { finish: FinishReason.CONTENT_FILTER }), HARBOURS, "refused", 0.1],
    ["an end by the limit", answer(PROSE, { finish: FinishReason.LENGTH }), HARBOURS, "truncated", 0.5],
    ["code that does not end", answer("```js\nfor (let i = 0;"), asked("Write a loop."), "open_code", 0.7],
    ["a sentence over and over", answer(PROSE + " The water is deep and the ships are large.".repeat(8)), HARBOURS, "repetition", 0.2],
    ["a word over and over", answer(PROSE + " deep".repeat(40)), HARBOURS, "repetition", 0.2],
    ["another language", answer("Häfen wachsen dort, wo ein Fluss auf das Meer trifft und die Schiffe in ruhigem Wasser liegen, und mit der Zeit ist das eine Stadt, die ein Gericht und eine Mauer und einen Markt nicht nur will."), HARBOURS, "wrong_language", 0.5],
    ["a letter with gaps", answer("Dear [Your Name], we met in the harbour."), asked("Write to my friend Ann."), "placeholder", 0.7],
    ["the question handed back", answer(LONG), asked(`${LONG} Why?`), "echo", 0.2],
    ["no call", answer("Sunny."), asked("Weather?", { tools: [WEATHER], toolChoice: { mode: ToolChoiceMode.REQUIRED } }), "missing_call", 0.2],
    ["another call than the one named", called("get_weather", "{}"), asked("?", { tools: [WEATHER, { name: "other" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "other" } }), "missing_call", 0.2],
    ["a call of a tool that there is not", called("get_whether", "{}"), asked("Weather?", { tools: [WEATHER] }), "unknown_tool", 0.3],
    ["arguments that are no JSON", called("get_weather", '{"city": '), asked("Weather?", { tools: [WEATHER] }), "broken_arguments", 0.3],
    ["JSON in a fence", answer("```json\n{}\n```"), asked("JSON?", { responseFormat: { format: { case: "jsonObject", value: {} } } }), "broken_json", 0.2],
    ["broken characters", answer(`${PROSE}${"\ufffd".repeat(20)}`), HARBOURS, "garbage", 0.4],
  ])("sees %s", (_, view, question, kind, score) => {
    const scored = scoreAnswer(view, question);
    expect(scored.defects.map((defect) => defect.kind)).toEqual([kind]);
    expect(scored.score).toBeCloseTo(score);
  });

  it("stays between 0 and 1, whatever was said and asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 200 }), fc.nat(7), (text, question, finish) => {
        const { score } = scoreAnswer(answer(text, { finish: finish as FinishReason }), asked(question));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("takes no long time for any text", () => {
    const started = performance.now();
    for (const piece of ["a ", "[your ", "{{", "```\n", "<insert ", "の"]) scoreAnswer(answer(piece.repeat(300_000)), HARBOURS);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("finding repetition", () => {
  it("finds none in prose and little in what is short", () => {
    expect(findRepetition(PROSE)).toBeLessThan(0.05);
    expect(findRepetition("no no no no no")).toBe(0);
  });

  it("finds a loop at the end of a text, also one without spaces", () => {
    expect(findRepetition(`${PROSE} ${"and so it goes on ".repeat(6)}`)).toBe(1);
    expect(findRepetition(`港は大きい。${"船が来る。".repeat(20)}`)).toBe(1);
  });
});
