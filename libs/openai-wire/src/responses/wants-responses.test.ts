import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { modelTraits } from "../traits.ts";
import { wantsResponses } from "./wants-responses.ts";

type Init = MessageInitShape<typeof ChatRequestSchema>;

const BARRED = { reasoning_efforts: ["none", "low", "medium"], default_effort: "medium", tools_bar_reasoning: true };
const text = (more: object = {}) => ({ content: { case: "text" as const, value: { text: "x" } }, ...more });
const value = { kind: { case: "stringValue" as const, value: "v" } };
const saying = (...parts: object[]): Init => ({ messages: [{ role: Role.ASSISTANT, parts: parts as never }] });
const unknown = (dialect: string, name: string): Init => ({ unknownFields: [{ dialect, name, value }] });
const foreign = (dialect: string) => ({ content: { case: "foreign" as const, value: { dialect, value } } });
const reasoning = (provider: string, signature = "s") => ({ content: { case: "reasoning" as const, value: { provider, signature: new TextEncoder().encode(signature) } } });
const tools = [{ name: "f" }];

function wants(init: Init, traits?: object): boolean {
  const request = create(ChatRequestSchema, { model: "m", messages: [{ role: Role.USER, parts: [text()] }], ...init });
  return wantsResponses(request, traits && modelTraits.parse(traits), "openai");
}

describe("the choice between chat completions and the Responses API", () => {
  it.each<[string, Init, object?]>([
    ["an answer to go on from", { previousAnswer: { provider: "openai", id: "r" } }],
    ["a model that only it offers", {}, { api: "responses" }],
    ["fields that only it knows", unknown("openai.responses", "truncation")],
    ["items that only it knows", saying(foreign("openai.responses"))],
    ["fields of parts that only it knows", saying(text({ extraFields: [{ dialect: "openai.responses", name: "annotations", value }] }))],
    ["encrypted reasoning of OpenAI", saying(reasoning("openai"))],
    ["tools beside reasoning, where chat completions bar them", { tools }, BARRED],
    ["the same where effort is asked for", { tools, reasoning: { effort: ReasoningEffort.LOW } }, { ...BARRED, default_effort: "none" }],
    ["the same with fields that both know", { tools, ...unknown("openai.chat", "service_tier") }, BARRED],
    ["the same with an effort that the contract has no word for", { tools, ...unknown("openai.chat", "reasoning_effort") }, BARRED],
  ])("falls on the Responses API for %s", (_name, ...[init, traits]) => {
    expect(wants(init, traits)).toBe(true);
  });

  it.each<[string, Init, object?]>([
    ["all else", {}],
    ["tools without reasoning", { tools, reasoning: { effort: ReasoningEffort.NONE } }, BARRED],
    ["tools of a model that reasons only when told to", { tools }, { ...BARRED, default_effort: "none" }],
    ["reasoning without tools", {}, BARRED],
    ["several answers", { tools, candidateCount: 2 }, BARRED],
    ["fields that only they know", { tools, ...unknown("openai.chat", "logit_bias") }, BARRED],
    ["sound", { tools, ...saying({ content: { case: "audio" as const, value: {} } }) }, BARRED],
    ["reasoning of another provider", saying(reasoning("anthropic"))],
    ["reasoning without state", saying(reasoning("openai", ""))],
    ["items of another dialect", saying(foreign("anthropic.messages"))],
  ])("falls on chat completions for %s", (_name, ...[init, traits]) => {
    expect(wants(init, traits)).toBe(false);
  });
});
