import { create } from "@bufbuild/protobuf";
import { ModelDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { EmbeddingInputSchema, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { toCohereEmbedding } from "./embedding.ts";
import { toCohereRequest } from "./to-cohere-request.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = (...parts: object[]) => ({ role: 3, parts });
const known = create(ModelDescriptionSchema, { model: "m", maxOutputTokens: 4_000, capabilities: { tools: true, reasoning: true } });
const plain = create(ModelDescriptionSchema, { model: "m", maxOutputTokens: 4_000, capabilities: {} });

function write(init: object, model = known, strict = false) {
  const request = create(ChatRequestSchema, { model: "m", messages: [user(text("hi"))], ...init } as never);
  const { body, adaptations } = toCohereRequest(request, { model, strict, stream: false });
  return { body: body as unknown as Record<string, any>, notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a request for Cohere", () => {
  it("writes a conversation in its order, each result of a tool a message of its own", () => {
    const call = (id: string) => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson: "" } } });
    const result = (toolCallId: string, ...content: object[]) => ({ content: { case: "toolResult" as const, value: { toolCallId, content } } });
    const reasoning = (provider: string, signature: string, words: string) => ({ content: { case: "reasoning" as const, value: { provider, text: words, signature: new TextEncoder().encode(signature) } } });
    const document = { content: { case: "file" as const, value: { filename: "a.txt", source: { location: { case: "inline" as const, value: new TextEncoder().encode("words") }, mimeType: "text/plain" } } } };
    const foreign = { content: { case: "foreign" as const, value: { dialect: "cohere.chat", value: { kind: { case: "structValue" as const, value: { fields: { type: { kind: { case: "stringValue" as const, value: "document" } } } } } } } } };
    const { body, notes } = write({
      messages: [
        { role: 1, parts: [text("a"), text("b")] },
        { role: 2, parts: [text("c")] },
        user(text("hi")),
        { role: 4, parts: [reasoning("cohere", "tool_plan", "plan"), reasoning("cohere", "", "thought"), reasoning("openai", "", "else"), call("1"), call("2")] },
        { role: 5, parts: [result("1", text("r")), result("2", text("s"), document, foreign)] },
        { role: 4, parts: [text("done")] },
      ],
    });
    const toolCall = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    expect(body["messages"]).toEqual([
      { role: "system", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
      { role: "system", content: "c" },
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "thinking", thinking: "thought" }], tool_plan: "plan", tool_calls: [toolCall("1"), toolCall("2")] },
      { role: "tool", tool_call_id: "1", content: "r" },
      { role: "tool", tool_call_id: "2", content: [{ type: "text", text: "s" }, { type: "document", document: { data: { title: "a.txt", text: "words" } } }, { type: "document" }] },
      { role: "assistant", content: "done" },
    ]);
    expect(notes).toEqual(["messages[3].parts[2].reasoning DROPPED"]);
  });

  it("writes pictures as addresses or data by what their bytes are, and notes what it cannot take", () => {
    const image = (location: object, detail = 0) => ({ content: { case: "image" as const, value: { source: { location, mimeType: "image/wrong" }, detail } } });
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
    const audio = { content: { case: "audio" as const, value: { source: { location: { case: "url" as const, value: "https://a.example/b" } } } } };
    const { body, notes } = write({ messages: [user(text("see"), image({ case: "inline", value: png }), image({ case: "url", value: "https://a.example/c" }, 2), image({ case: "inline", value: Uint8Array.of(1) }), audio)] });
    expect(body["messages"][0].content).toEqual([
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${Buffer.from(png).toString("base64")}` } },
      { type: "image_url", image_url: { url: "https://a.example/c", detail: "high" } },
    ]);
    expect(notes).toEqual(["messages[0].parts[3].image DROPPED", "messages[0].parts[4].audio DROPPED"]);
  });

  it.each<[string, object, object, string[]]>([
    ["sampling", { temperature: 0.5, topP: 0.9, topK: 40, seed: 7n, presencePenalty: 0.5, stopSequences: ["x"], maxOutputTokens: 9 }, { temperature: 0.5, p: 0.9, k: 40, seed: 7, presence_penalty: 0.5, stop_sequences: ["x"], max_tokens: 9 }, []],
    ["sampling beyond its ranges", { temperature: 1.5, topP: 1, topK: 900, frequencyPenalty: -1, maxOutputTokens: 9_000 }, { temperature: 1, p: 0.99, k: 500, frequency_penalty: 0, max_tokens: 4_000 }, ["temperature CLAMPED", "top_p CLAMPED", "top_k CLAMPED", "frequency_penalty CLAMPED", "max_output_tokens CLAMPED"]],
    ["one penalty alone", { frequencyPenalty: 0.4, presencePenalty: 0.5 }, { frequency_penalty: 0.4 }, ["presence_penalty DROPPED"]],
    ["five stop sequences alone", { stopSequences: ["a", "b", "c", "d", "e", "f"] }, { stop_sequences: ["a", "b", "c", "d", "e"] }, ["stop_sequences CLAMPED"]],
    ["no seed below 0", { seed: -1n }, {}, ["seed DROPPED"]],
    ["one answer, and no name of the end user", { candidateCount: 3, endUser: "u" }, {}, ["candidate_count CLAMPED", "end_user DROPPED"]],
  ])("writes %s", (_what, init, expected, notes) => {
    const { body, notes: noted } = write(init);
    expect(body).toEqual({ model: "m", stream: false, messages: [{ role: "user", content: "hi" }], ...expected });
    expect(noted).toEqual(notes);
  });

  it.each<[string, object, object, string[]]>([
    ["a choice of any", { mode: ToolChoiceMode.REQUIRED }, { tool_choice: "REQUIRED" }, []],
    ["a choice of none", { mode: ToolChoiceMode.NONE }, { tool_choice: "NONE" }, []],
    ["a free choice", { mode: ToolChoiceMode.AUTO }, {}, []],
    ["no single call", { parallel: false }, {}, ["tool_choice.parallel DROPPED"]],
  ])("writes tools with %s", (_what, toolChoice, expected, notes) => {
    const { body, notes: noted } = write({ tools: [{ name: "f", description: "d", parametersJson: "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}" }, { name: "g" }], toolChoice });
    const { model, stream, messages, ...rest } = body;
    expect(rest).toEqual({
      tools: [
        { type: "function", function: { name: "f", description: "d", parameters: { type: "object", properties: { a: { type: "string" } } } } },
        { type: "function", function: { name: "g", parameters: { type: "object", properties: {} } } },
      ],
      ...expected,
    });
    expect([model, stream, messages.length, ...noted]).toEqual(["m", false, 1, ...notes]);
  });

  it("offers a named tool alone, and refuses a name that is not there", () => {
    const tools = [{ name: "f" }, { name: "g" }];
    const { body, notes } = write({ tools, toolChoice: { mode: ToolChoiceMode.NAMED, name: "g" } });
    expect([body["tools"].map((tool: any) => tool.function.name), body["tool_choice"], notes]).toEqual([["g"], "REQUIRED", ["tool_choice EMULATED"]]);
    const refused = expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, detail: expect.objectContaining({ violations: [expect.objectContaining({ field: "chat.tool_choice.name" })] }) });
    expect(() => write({ tools, toolChoice: { mode: ToolChoiceMode.NAMED, name: "h" } })).toThrow(refused);
  });

  it.each<[string, (boolean | undefined)[], boolean | undefined, string[]]>([
    ["all where one asks for it", [true, undefined], true, []],
    ["none where one refuses it", [true, false], undefined, ["tools[0].strict DROPPED"]],
    ["none where nobody asks", [undefined, false], undefined, []],
  ])("follows the schemas of %s exactly", (_what, wishes, expected, notes) => {
    const { body, notes: noted } = write({ tools: wishes.map((strict, index) => ({ name: `f${index}`, ...(strict === undefined ? {} : { strict }) })) });
    expect([body["strict_tools"], ...noted]).toEqual([expected, ...notes]);
  });

  it("offers a model no tools that calls none", () => {
    const { body, notes } = write({ tools: [{ name: "f" }], toolChoice: { mode: ToolChoiceMode.REQUIRED } }, plain);
    expect([body["tools"], body["tool_choice"], notes]).toEqual([undefined, undefined, ["tools DROPPED"]]);
  });

  it("compiles a schema: no bounds, and a property required in each object", () => {
    const schemaJson = JSON.stringify({ type: "object", properties: { n: { type: "integer", minimum: 1 }, o: { type: "array", items: { type: "object", properties: { p: { type: "string", maxLength: 3 } }, required: ["p"] } } } });
    const { body, notes } = write({ responseFormat: { format: { case: "jsonSchema", value: { name: "s", schemaJson } } } });
    const schema = { type: "object", properties: { n: { type: "integer" }, o: { type: "array", items: { type: "object", properties: { p: { type: "string" } }, required: ["p"] } } }, required: ["n"] };
    expect(body["response_format"]).toEqual({ type: "json_object", json_schema: schema });
    expect(notes).toEqual(["response_format.json_schema.schema_json DROPPED", "response_format.json_schema.schema_json EMULATED"]);
    expect(write({ responseFormat: { format: { case: "jsonObject", value: {} } } }).body["response_format"]).toEqual({ type: "json_object" });
  });

  it("asks for a form in words beside tools", () => {
    const { body, notes } = write({ tools: [{ name: "f" }], responseFormat: { format: { case: "jsonSchema", value: { name: "s", schemaJson: "{\"type\":\"object\"}" } } } });
    expect([body["response_format"], body["messages"][0].role, notes]).toEqual([undefined, "system", ["response_format EMULATED"]]);
    expect(body["messages"][0].content).toContain("{\"type\":\"object\"}");
  });

  it.each<[string, object, object | undefined, string[]]>([
    ["an effort", { reasoning: { effort: ReasoningEffort.LOW } }, { type: "enabled", token_budget: 2_048 }, ["reasoning.effort EMULATED"]],
    ["much effort", { reasoning: { effort: ReasoningEffort.HIGH } }, { type: "enabled" }, []],
    ["none", { reasoning: { effort: ReasoningEffort.NONE } }, { type: "disabled" }, []],
    ["a budget", { reasoning: { budgetTokens: 100 } }, { type: "enabled", token_budget: 100 }, []],
    ["a budget of nothing", { reasoning: { budgetTokens: 0 } }, { type: "disabled" }, []],
    ["a budget beyond the answer", { reasoning: { budgetTokens: 100 }, maxOutputTokens: 50 }, { type: "enabled", token_budget: 49 }, ["reasoning CLAMPED"]],
    ["no room", { reasoning: { budgetTokens: 100 }, maxOutputTokens: 1 }, { type: "disabled" }, ["reasoning DROPPED"]],
    ["the text alone", { reasoning: { includeText: true } }, undefined, []],
  ])("writes thinking with %s", (_what, init, expected, notes) => {
    const { body, notes: noted } = write(init);
    expect([body["thinking"], ...noted]).toEqual([expected, ...notes]);
  });

  it("tells a model that does not reason nothing of reasoning", () => {
    expect(write({ reasoning: { effort: ReasoningEffort.LOW } }, plain)).toMatchObject({ body: { stream: false }, notes: ["reasoning DROPPED"] });
    expect(write({ reasoning: { effort: ReasoningEffort.NONE } }, plain).notes).toEqual([]);
  });

  it("passes unknown fields of its own dialect, and none that it writes itself", () => {
    const field = (dialect: string, name: string) => ({ dialect, name, value: { kind: { case: "stringValue" as const, value: "v" } } });
    const { body, notes } = write({ unknownFields: [field("cohere.chat", "safety_mode"), field("cohere.chat", "model"), field("openai.chat", "user")] });
    expect(body).toMatchObject({ safety_mode: "v", model: "m" });
    expect(notes).toEqual(["unknown_fields[1] DROPPED", "unknown_fields[2] DROPPED"]);
  });

  it("is refused in strict mode for what it cannot say, by the field", () => {
    const refused = expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, detail: expect.objectContaining({ violations: [expect.objectContaining({ field: "chat.temperature" })] }) });
    expect(() => write({ temperature: 2 }, known, true)).toThrow(refused);
  });
});

describe("a request for vectors of Cohere", () => {
  it.each([
    [EmbeddingPurpose.UNSPECIFIED, "search_document", ["purpose"]],
    [EmbeddingPurpose.SEARCH_DOCUMENT, "search_document", []],
    [EmbeddingPurpose.SEARCH_QUERY, "search_query", []],
    [EmbeddingPurpose.CLASSIFICATION, "classification", []],
    [EmbeddingPurpose.CLUSTERING, "clustering", []],
  ])("names purpose %d", (purpose, inputType, notes) => {
    const { body, adaptations } = toCohereEmbedding(create(EmbeddingInputSchema, { model: "m", texts: ["a"], purpose, dimensions: 256 }), false);
    expect(body).toEqual({ model: "m", texts: ["a"], input_type: inputType, embedding_types: ["float"], output_dimension: 256, truncate: "NONE" });
    expect(adaptations.map(({ field }) => field)).toEqual(notes);
  });
});
