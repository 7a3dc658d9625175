import { create } from "@bufbuild/protobuf";
import { ModelDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { EmbeddingInputSchema, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { chooseContext } from "./choose-context.ts";
import { toOllamaEmbedding } from "./embedding.ts";
import type { OllamaTraits } from "./models.ts";
import { toOllamaRequest } from "./to-ollama-request.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = (...parts: object[]) => ({ role: 3, parts });
const entry = (capabilities: object, traits: OllamaTraits = { think_levels: false }) => {
  return { description: create(ModelDescriptionSchema, { model: "m", contextWindowTokens: 32_768, capabilities }), traits };
};
const known = entry({ tools: true, reasoning: true });

function write(init: object, model = known, facts: object = {}) {
  const request = create(ChatRequestSchema, { model: "m", messages: [user(text("hi"))], ...init } as never);
  const { body, adaptations } = toOllamaRequest(request, { entry: model, images: new Map(), promptTokens: 10, strict: false, stream: true, ...facts });
  return { body: body as unknown as Record<string, any>, notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a request for Ollama", () => {
  it("writes a conversation in its order, results of tools by the names of the tools", () => {
    const call = (id: string, argumentsJson: string) => ({ content: { case: "toolCall" as const, value: { id, name: `f${id}`, argumentsJson } } });
    const result = (toolCallId: string, name = "") => ({ content: { case: "toolResult" as const, value: { toolCallId, name, content: [text("r"), text("s")], isError: name !== "" } } });
    const reasoning = (provider: string) => ({ content: { case: "reasoning" as const, value: { provider, text: "t" } } });
    const { body, notes } = write({
      messages: [
        { role: 1, parts: [text("a"), text("b")] },
        { role: 2, parts: [text("c")] },
        user(text("hi")),
        { role: 4, parts: [reasoning("ollama"), reasoning("openai"), text("d"), call("1", "{\"x\":1}"), call("2", ""), call("3", "broken")] },
        { role: 5, parts: [result("1"), result("9", "g")] },
      ],
    });
    expect(body["messages"]).toEqual([
      { role: "system", content: "a\n\nb" },
      { role: "system", content: "c" },
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: "d",
        thinking: "t",
        tool_calls: [
          { id: "1", function: { name: "f1", arguments: { x: 1 } } },
          { id: "2", function: { name: "f2", arguments: {} } },
          { id: "3", function: { name: "f3", arguments: { arguments: "broken" } } },
        ],
      },
      { role: "tool", content: "r\n\ns", tool_name: "f1", tool_call_id: "1" },
      { role: "tool", content: "r\n\ns", tool_name: "g", tool_call_id: "9" },
    ]);
    expect(notes).toEqual(["messages[3].parts[1].reasoning DROPPED", "messages[3].parts[5].tool_call.arguments_json EMULATED", "messages[4].parts[1].tool_result.is_error DROPPED"]);
  });

  it("writes pictures as bare base64 by what their bytes are, and notes what it cannot take", () => {
    const image = (location: object, detail = 0) => ({ content: { case: "image" as const, value: { source: { location, mimeType: "image/png" }, detail } } });
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
    const parts = [image({ case: "inline", value: jpeg }, 2), image({ case: "url", value: "u" }), image({ case: "fileId", value: "f" }), image({ case: "inline", value: Uint8Array.of(0x47, 0x49, 0x46, 0x38) })];
    const { body, notes } = write({ messages: [user(...parts)] }, known, { images: new Map([["u", jpeg]]) });
    const base64 = Buffer.from(jpeg).toString("base64");
    expect(body["messages"]).toEqual([{ role: "user", content: "", images: [base64, base64] }]);
    expect(notes).toEqual(["messages[0].parts[0].image.detail DROPPED", "messages[0].parts[2].image DROPPED", "messages[0].parts[3].image DROPPED"]);
  });

  it("writes sampling and bounds as options", () => {
    const { body, notes } = write({ temperature: 1.5, topP: 1, topK: 40, seed: 7n, frequencyPenalty: -1, presencePenalty: 0.5, stopSequences: ["x"], maxOutputTokens: 9 });
    const options = { num_ctx: 8_192, temperature: 1.5, top_p: 1, top_k: 40, frequency_penalty: -1, presence_penalty: 0.5, stop: ["x"], seed: 7, num_predict: 9 };
    expect(body).toEqual({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true, truncate: false, shift: false, options });
    expect(notes).toEqual([]);
    expect(write({ seed: 2n ** 60n, candidateCount: 2, endUser: "u" }).notes).toEqual(["candidate_count CLAMPED", "end_user DROPPED", "seed DROPPED"]);
  });

  it("bounds an answer by what the context leaves", () => {
    const { body, notes } = write({ maxOutputTokens: 9_000 }, known, { promptTokens: 20_000 });
    expect(body["options"]).toEqual({ num_ctx: 32_768, num_predict: 32_768 - 25_000 - 256 });
    expect(notes).toEqual(["max_output_tokens CLAMPED"]);
  });

  it.each<[string, object, object, string[]]>([
    ["none", { mode: ToolChoiceMode.NONE }, { names: undefined, system: [] }, ["tool_choice EMULATED"]],
    ["a free one", { mode: ToolChoiceMode.AUTO, parallel: false }, { names: ["f", "g"], system: [] }, ["tool_choice.parallel DROPPED"]],
    ["any", { mode: ToolChoiceMode.REQUIRED }, { names: ["f", "g"], system: ["Call one of the tools instead of answering in text."] }, ["tool_choice EMULATED"]],
    ["a named one", { mode: ToolChoiceMode.NAMED, name: "g" }, { names: undefined, system: ["Answer with the arguments of a call of the tool g as one JSON object."] }, ["tool_choice EMULATED"]],
  ])("reaches a choice of tools: %s", (_what, toolChoice, expected, notes) => {
    const { body, notes: noted } = write({ tools: [{ name: "f", strict: false }, { name: "g" }], toolChoice });
    const system = body["messages"].filter(({ role }: any) => role === "system").map(({ content }: any) => content);
    expect({ names: body["tools"]?.map((tool: any) => tool.function.name), system }).toEqual(expected);
    expect(noted).toEqual(notes);
  });

  it("refuses a named tool that is not there, and offers no tools to a model that calls none", () => {
    const refused = expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, detail: expect.objectContaining({ violations: [expect.objectContaining({ field: "chat.tool_choice.name" })] }) });
    expect(() => write({ tools: [{ name: "f" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "h" } })).toThrow(refused);
    expect(write({ tools: [{ name: "f" }] }, entry({}))).toMatchObject({ body: { messages: [{ role: "user" }] }, notes: ["tools DROPPED"] });
  });

  it("writes a form of the answer, and in words beside tools", () => {
    const json = { format: { case: "jsonObject" as const, value: {} } };
    const schema = { format: { case: "jsonSchema" as const, value: { name: "s", schemaJson: "{\"type\":\"object\"}" } } };
    expect(write({ responseFormat: json }).body["format"]).toBe("json");
    expect(write({ responseFormat: schema }).body["format"]).toEqual({ type: "object" });
    const { body, notes } = write({ responseFormat: schema, tools: [{ name: "f" }] });
    expect([body["format"], body["messages"][0].role, notes]).toEqual([undefined, "system", ["response_format EMULATED"]]);
    expect(body["messages"][0].content).toContain("{\"type\":\"object\"}");
  });

  const levels = entry({ reasoning: true }, { think_levels: true });
  it.each<[string, object, typeof known, unknown, string[]]>([
    ["an effort", { effort: ReasoningEffort.LOW }, known, true, ["reasoning.effort EMULATED"]],
    ["a budget", { budgetTokens: 100 }, known, true, ["reasoning.budget_tokens EMULATED"]],
    ["none", { effort: ReasoningEffort.NONE }, known, false, []],
    ["the text alone", { includeText: true }, known, true, []],
    ["an effort at a model with levels", { effort: ReasoningEffort.HIGH }, levels, "high", []],
    ["a budget at a model with levels", { budgetTokens: 4_000 }, levels, "medium", ["reasoning.budget_tokens EMULATED"]],
    ["none at a model with levels", { effort: ReasoningEffort.NONE }, levels, "low", ["reasoning CLAMPED"]],
    ["an effort at a model that does not reason", { effort: ReasoningEffort.LOW }, entry({}), undefined, ["reasoning DROPPED"]],
    ["none at a model that does not reason", { effort: ReasoningEffort.NONE }, entry({}), undefined, []],
  ])("writes thinking with %s", (_what, reasoning, model, think, notes) => {
    const { body, notes: noted } = write({ reasoning }, model);
    expect([body["think"], ...noted]).toEqual([think, ...notes]);
  });

  it("passes unknown fields of its own dialect, options over what is worked out but not over what is asked for", () => {
    const value = { kind: { case: "stringValue" as const, value: "5m" } };
    const number = (numberValue: number) => ({ kind: { case: "numberValue" as const, value: numberValue } });
    const options = { kind: { case: "structValue" as const, value: { fields: { num_ctx: number(2_048), mirostat: number(1), temperature: number(2) } } } };
    const field = (dialect: string, name: string, told: object) => ({ dialect, name, value: told });
    const { body, notes } = write({ temperature: 0.5, unknownFields: [field("ollama.chat", "keep_alive", value), field("ollama.chat", "options", options), field("ollama.chat", "stream", value), field("openai.chat", "user", value)] });
    expect(body).toMatchObject({ keep_alive: "5m", stream: true, options: { num_ctx: 2_048, mirostat: 1, temperature: 0.5 } });
    expect(notes).toEqual(["unknown_fields[2] DROPPED", "unknown_fields[3] DROPPED"]);
  });
});

describe("the context that Ollama is asked for", () => {
  const need = { promptTokens: 100, images: 0, maxOutputTokens: undefined, window: 131_072, given: undefined };
  it.each([
    ["the first step for a small prompt", {}, 8_192, undefined],
    ["a step that holds prompt and answer", { promptTokens: 8_000 }, 32_768, undefined],
    ["room for pictures", { images: 5 }, 32_768, undefined],
    ["room for the answer that is asked for", { maxOutputTokens: 40_000 }, 131_072, undefined],
    ["no more than the window", { window: 4_096 }, 4_096, undefined],
    ["the window where nothing else is enough", { promptTokens: 200_000, maxOutputTokens: 50 }, 131_072, 1],
    ["nothing where what is given is enough", { given: 16_384 }, undefined, undefined],
    ["more where what is given is too little", { given: 4_096, promptTokens: 8_000 }, 32_768, undefined],
    ["beyond the steps where no window is known", { window: undefined, promptTokens: 1_000_000 }, 1_252_304, undefined],
  ])("is %s", (_what, more, numCtx, answerTokens) => {
    expect(chooseContext({ ...need, ...more })).toEqual({ numCtx, answerTokens });
  });
});

describe("a request for vectors of Ollama", () => {
  it("is not cut, and says what it leaves out", () => {
    const { body, adaptations } = toOllamaEmbedding(create(EmbeddingInputSchema, { model: "m", texts: ["a"], dimensions: 256, purpose: EmbeddingPurpose.SEARCH_QUERY, endUser: "u" }), false);
    expect(body).toEqual({ model: "m", input: ["a"], dimensions: 256, truncate: false });
    expect(adaptations.map(({ field }) => field)).toEqual(["purpose", "end_user"]);
  });

  it("takes no tokens", () => {
    const input = create(EmbeddingInputSchema, { model: "m", tokenLists: [{ tokens: [1] }] });
    expect(() => toOllamaEmbedding(input, false)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
  });
});
