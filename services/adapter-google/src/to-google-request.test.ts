import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { EmbeddingInputSchema, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { compileGeminiSchema } from "./compile-gemini-schema.ts";
import { compileJsonSchema } from "./compile-json-schema.ts";
import { loadGoogleModels } from "./models.ts";
import { toCountRequest } from "./to-count-request.ts";
import { toGoogleEmbedding } from "./to-google-embedding.ts";
import type { RemoteMedia } from "./to-google-media.ts";
import { toGoogleRequest, toModelPath } from "./to-google-request.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("hi")] };
const call = (id: string, signature = "") => ({ content: { case: "toolCall" as const, value: { id, name: `f${id}`, argumentsJson: "{}", signature: stateToBytes(signature) } } });
const result = (toolCallId: string, value = "r") => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text(value)], isError: value === "bad" } } });
const models = loadGoogleModels();

const value = (json: unknown) => fromJson(ValueSchema, json as JsonValue);
const unknown = (name: string, json: unknown, dialect = "google.content") => ({ dialect, name, value: value(json) });
const inline = (bytes: readonly number[], mimeType = "") => ({ location: { case: "inline" as const, value: new Uint8Array(bytes) }, mimeType });
const url = (address: string, mimeType = "") => ({ location: { case: "url" as const, value: address }, mimeType });
const image = (source: object) => ({ content: { case: "image" as const, value: { source } } });
const file = (source: object) => ({ content: { case: "file" as const, value: { source } } });
const NO_MEDIA: RemoteMedia = new Map();

function write(init: MessageInitShape<typeof ChatRequestSchema>, strict = false, media = NO_MEDIA) {
  const request = create(ChatRequestSchema, { model: "gemini-2.5-flash", messages: [user], ...init });
  const { body, adaptations } = toGoogleRequest(request, { traits: models.entry(request.model)?.traits, strict, media });
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a request to Gemini", () => {
  it("puts system text apart and makes one turn of what one side says", () => {
    const { body } = write({ messages: [{ role: Role.SYSTEM, parts: [text("a"), text("b")] }, user, user, { role: Role.ASSISTANT, parts: [text("c")] }] });
    expect(body).toEqual({
      systemInstruction: { role: "system", parts: [{ text: "a" }, { text: "b" }] },
      contents: [{ role: "user", parts: [{ text: "hi" }, { text: "hi" }] }, { role: "model", parts: [{ text: "c" }] }],
      generationConfig: {},
    });
  });

  it("names results of tools by their calls and makes objects of them", () => {
    const { body } = write({ messages: [user, { role: Role.ASSISTANT, parts: [call("1"), call("2"), call("3")] }, { role: Role.TOOL, parts: [result("1"), result("2", "{\"a\":1}")] }, { role: Role.TOOL, parts: [result("3", "bad")] }] });
    expect(body.contents[2]).toEqual({
      role: "user",
      parts: [
        { functionResponse: { id: "1", name: "f1", response: { output: "r" } } },
        { functionResponse: { id: "2", name: "f2", response: { a: 1 } } },
        { functionResponse: { id: "3", name: "f3", response: { error: "bad" } } },
      ],
    });
  });

  it("gives signatures back unchanged, where they were", () => {
    const thought = (provider: string) => ({ content: { case: "reasoning" as const, value: { text: "", provider, signature: stateToBytes("sig+/=") } } });
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts: [text("a"), thought("google"), thought("anthropic"), call("1", "s=="), call("2")] }, { role: Role.TOOL, parts: [result("1"), result("2")] }] });
    expect(body.contents[1].parts).toEqual([
      { text: "a", thoughtSignature: "sig+/=" },
      { functionCall: { id: "1", name: "f1", args: {} }, thoughtSignature: "s==" },
      { functionCall: { id: "2", name: "f2", args: {} } },
    ]);
    expect(notes).toEqual(["messages[1].parts[2].reasoning DROPPED"]);
  });

  it("signs calls that another model made for models that insist, the first of each turn alone", () => {
    const messages = [user, { role: Role.ASSISTANT, parts: [call("1"), call("2")] }, { role: Role.TOOL, parts: [result("1"), result("2")] }];
    const { body, notes } = write({ model: "gemini-3.1-pro-preview", messages });
    expect(body.contents[1].parts.map((part: any) => part.thoughtSignature)).toEqual(["skip_thought_signature_validator", undefined]);
    expect(notes).toEqual(["messages EMULATED"]);
    expect(write({ messages }).notes).toEqual([]);
  });

  it.each<[string, string, MessageInitShape<typeof ChatRequestSchema>["reasoning"], object | undefined, string[]]>([
    ["a budget", "gemini-2.5-flash", { budgetTokens: 100, includeText: true }, { thinkingBudget: 100, includeThoughts: true }, []],
    ["no thinking", "gemini-2.5-flash", { effort: ReasoningEffort.NONE }, { thinkingBudget: 0 }, []],
    ["no thinking where it cannot stop", "gemini-2.5-pro", { effort: ReasoningEffort.NONE }, { thinkingBudget: 128 }, ["reasoning CLAMPED"]],
    ["an effort", "gemini-2.5-pro", { effort: ReasoningEffort.HIGH }, { thinkingBudget: 24576 }, ["reasoning.effort EMULATED"]],
    ["an effort as a level", "gemini-3.1-pro-preview", { effort: ReasoningEffort.MEDIUM }, { thinkingLevel: "medium" }, []],
    ["an effort as the nearest level", "gemini-3.1-pro-preview", { effort: ReasoningEffort.MINIMAL }, { thinkingLevel: "low" }, ["reasoning.effort CLAMPED"]],
    ["no thinking as the least level", "gemini-3.8-flash", { effort: ReasoningEffort.NONE }, { thinkingLevel: "minimal" }, ["reasoning.effort CLAMPED"]],
    ["a budget as a level", "gemini-3.8-flash", { budgetTokens: 5_000 }, { thinkingLevel: "medium" }, ["reasoning.budget_tokens EMULATED"]],
    ["an effort where it does not think", "gemini-embedding-001", { effort: ReasoningEffort.LOW }, undefined, ["reasoning DROPPED"]],
  ])("tells it to think with %s", (_name, model, reasoning, expected, notes) => {
    const written = write({ model, reasoning: reasoning ?? {} });
    expect(written.body.generationConfig.thinkingConfig).toEqual(expected);
    expect(written.notes).toEqual(notes);
  });

  it("writes tools, their choice and sampling", () => {
    const { body, notes } = write({ tools: [{ name: "f", description: "d" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "f", parallel: false }, temperature: 1.5, topK: 3, seed: 2n ** 40n, stopSequences: ["a", "b", "c", "d", "e", "f"], endUser: "u" });
    expect(body).toMatchObject({
      tools: [{ functionDeclarations: [{ name: "f", description: "d" }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: { temperature: 1.5, topK: 3, stopSequences: ["a", "b", "c", "d", "e"] },
    });
    expect(notes.toSorted()).toEqual(["end_user DROPPED", "seed DROPPED", "stop_sequences CLAMPED", "tool_choice.parallel DROPPED"]);
  });

  it("gives the signature of words back with them, and of a picture with it", () => {
    const signed = (words: string, signature: string) => ({ content: { case: "reasoning" as const, value: { text: words, provider: "google", signature: stateToBytes(signature) } } });
    const { body } = write({ messages: [user, { role: Role.ASSISTANT, parts: [signed("t", "s1"), text("a"), signed("", "s2"), signed("", "s3"), image(inline([0x89, 0x50, 0x4e, 0x47])), signed("", "s4")] }, user] });
    expect(body.contents[1].parts).toEqual([
      { text: "t", thought: true, thoughtSignature: "s1" },
      { text: "a", thoughtSignature: "s2" },
      { text: "", thoughtSignature: "s3" },
      { inlineData: { mimeType: "image/png", data: "iVBORw==" }, thoughtSignature: "s4" },
    ]);
  });

  it("writes parts of its own dialect verbatim where they stand, adds fields that it does not know, and notes those of others", () => {
    const code = { executableCode: { language: "PYTHON", code: "1" }, thoughtSignature: "s" };
    const foreign = (block: unknown, dialect = "google.content") => ({ content: { case: "foreign" as const, value: { dialect, value: value(block) } } });
    const { body, notes } = write({
      messages: [
        { role: Role.USER, parts: [{ ...file(url("https://youtu.be/x")), extraFields: [unknown("videoMetadata", { fps: 1 })] }, foreign({ type: "x" }, "anthropic.messages")] },
        { role: Role.ASSISTANT, parts: [foreign(code), text("a")] },
      ],
    });
    expect(body.contents).toEqual([
      { role: "user", parts: [{ fileData: { fileUri: "https://youtu.be/x" }, videoMetadata: { fps: 1 } }] },
      { role: "model", parts: [code, { text: "a" }] },
    ]);
    expect(notes).toEqual(["messages[0].parts[1].foreign DROPPED"]);
  });

  it("puts results in the order of their calls, each with its media", () => {
    const pictured = { content: { case: "toolResult" as const, value: { toolCallId: "2", content: [text("b"), image(inline([0x89, 0x50, 0x4e, 0x47]))] } } };
    const same = (id: string) => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson: "{}" } } });
    const { body } = write({ messages: [user, { role: Role.ASSISTANT, parts: [same("1"), same("2")] }, { role: Role.TOOL, parts: [pictured, result("1", "a")] }, user] });
    expect(body.contents[2].parts).toEqual([
      { functionResponse: { id: "1", name: "f", response: { output: "a" } } },
      { functionResponse: { id: "2", name: "f", response: { output: "b" } } },
      { inlineData: { mimeType: "image/png", data: "iVBORw==" } },
      { text: "hi" },
    ]);
  });

  it.each<[string, object, object | undefined]>([
    ["bytes by what they begin with", inline([0xff, 0xd8, 0xff], "image/png"), { inlineData: { mimeType: "image/jpeg", data: "/9j/" } }],
    ["bytes that tell nothing by what is said of them", inline([1, 2], "video/mp4"), { inlineData: { mimeType: "video/mp4", data: "AQI=" } }],
    ["text of a name that it does not know", inline([0x7b, 0x7d], "application/json"), { inlineData: { mimeType: "text/plain", data: "e30=" } }],
    ["text of no name", inline([0x61], "application/octet-stream"), { inlineData: { mimeType: "text/plain", data: "YQ==" } }],
    ["nothing of bytes of no known type", inline([0, 1]), undefined],
    ["a file of its own", { location: { case: "fileId", value: "files/abc" }, mimeType: "application/pdf" }, { fileData: { mimeType: "application/pdf", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc" } }],
    ["an object of Google's storage", url("gs://bucket/a.pdf"), { fileData: { mimeType: "application/pdf", fileUri: "gs://bucket/a.pdf" } }],
    ["what was fetched from elsewhere", url("https://x.test/a"), { inlineData: { mimeType: "image/png", data: "iVBORw==" } }],
    ["nothing of what was not fetched", url("https://y.test/a"), undefined],
  ])("takes for media %s", (_name, source, expected) => {
    const media = new Map([["https://x.test/a", { bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47]), mimeType: "image/png" }]]);
    const { body, notes } = write({ messages: [{ role: Role.USER, parts: [text("a"), file(source)] }] }, false, media);
    expect(body.contents[0].parts[1]).toEqual(expected);
    expect(notes).toEqual(expected === undefined ? ["messages[0].parts[1].file DROPPED"] : "location" in source && (source.location as { value: unknown }).value === "https://x.test/a" ? ["messages[0].parts[1].file EMULATED"] : []);
  });

  it("keeps what the caller wrote in its own dialect", () => {
    const unknownFields = [unknown("safetySettings", [{ category: "c" }]), unknown("cachedContent", "cachedContents/x"), unknown("tools", [{ googleSearch: {} }]), unknown("generationConfig", { responseModalities: ["IMAGE"], temperature: 0 }), unknown("contents", []), unknown("x", 1, "openai.chat")];
    const { body, notes } = write({ temperature: 1, tools: [{ name: "f" }], unknownFields });
    expect(body).toMatchObject({ safetySettings: [{ category: "c" }], cachedContent: "cachedContents/x", tools: [{ googleSearch: {} }], generationConfig: { responseModalities: ["IMAGE"], temperature: 1 } });
    expect(notes).toEqual(["unknown_fields[4] DROPPED", "unknown_fields[5] DROPPED"]);
  });

  it.each<[string, string, object, object, string[]]>([
    ["the subset where it says all", "gemini-2.5-flash", { type: "object", properties: { a: { type: "string", minLength: 2 } } }, { responseSchema: { type: "object", properties: { a: { type: "string", minLength: 2 } }, propertyOrdering: ["a"] } }, []],
    ["JSON schema where the subset would lose something", "gemini-2.5-flash", { type: "object", properties: { a: { enum: [1, 2] } }, additionalProperties: false }, { responseJsonSchema: { type: "object", properties: { a: { enum: [1, 2] } }, additionalProperties: false, propertyOrdering: ["a"] } }, []],
    ["the subset, and what it loses, to a model that is not listed", "gemini-old", { type: "object", properties: { a: { enum: [1, 2] } } }, { responseSchema: { type: "object", properties: { a: {} }, propertyOrdering: ["a"] } }, ["response_format.json_schema.schema_json DROPPED"]],
  ])("asks for an answer by %s", (_name, model, schema, expected, notes) => {
    const written = write({ model, responseFormat: { format: { case: "jsonSchema", value: { name: "s", schemaJson: JSON.stringify(schema) } } } });
    expect(written.body.generationConfig).toEqual({ responseMimeType: "application/json", ...expected });
    expect(written.notes).toEqual(notes);
  });

  it("offers a tool whose arguments refer to themselves", () => {
    const parameters = { $ref: "#/definitions/node", definitions: { node: { type: "object", properties: { next: { $ref: "#/definitions/node" } } } } };
    const { body, notes } = write({ tools: [{ name: "f", parametersJson: JSON.stringify(parameters) }] });
    const node = { type: "object", properties: { next: { $ref: "#/$defs/node" } }, propertyOrdering: ["next"] };
    expect(body.tools[0].functionDeclarations[0].parametersJsonSchema).toEqual({ $ref: "#/$defs/node", $defs: { node } });
    expect(notes).toEqual([]);
  });

  it("refuses a conversation of which nothing can be sent", () => {
    expect(() => write({ messages: [{ role: Role.USER, parts: [file(url("https://y.test/a"))] }] })).toThrow("chat.messages");
  });

  it("counts tokens of the whole prompt, without what bears on the answer alone", () => {
    const request = create(ChatRequestSchema, { model: "gemini-2.5-flash", messages: [{ role: Role.SYSTEM, parts: [text("s")] }, user], tools: [{ name: "f" }], temperature: 1 });
    const { body } = toGoogleRequest(request, { traits: undefined, strict: false, media: NO_MEDIA });
    const { generateContentRequest: counted } = toCountRequest(request.model, body);
    expect(Object.keys(counted).toSorted()).toEqual(["contents", "model", "systemInstruction", "tools"]);
    expect(counted.model).toBe("models/gemini-2.5-flash");
  });

  it.each(["../files/x", "a/../../b", "models/../x", "a:b", "x/y", "tunedModels/..", "a?b"])("leads to no other place by the model name %j", (model) => {
    expect(() => toModelPath(model)).toThrow(expect.objectContaining({ code: ErrorCode.MODEL_NOT_FOUND }));
  });

  it.each(["gemini-2.5-flash", "models/gemini-2.5-flash", "tunedModels/mine-1"])("takes the model name %s", (model) => {
    expect(toModelPath(model)).toBe(model);
  });
});

describe("a request for vectors", () => {
  const ask = (init: MessageInitShape<typeof EmbeddingInputSchema>, strict = false) => {
    const { body, adaptations } = toGoogleEmbedding(create(EmbeddingInputSchema, { model: "gemini-embedding-001", ...init }), strict);
    return { requests: body.requests, notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
  };
  const content = { role: "user", parts: [{ text: "a" }] };

  it.each<[EmbeddingPurpose, string | undefined]>([
    [EmbeddingPurpose.UNSPECIFIED, undefined],
    [EmbeddingPurpose.SEARCH_DOCUMENT, "RETRIEVAL_DOCUMENT"],
    [EmbeddingPurpose.SEARCH_QUERY, "RETRIEVAL_QUERY"],
    [EmbeddingPurpose.CLASSIFICATION, "CLASSIFICATION"],
    [EmbeddingPurpose.CLUSTERING, "CLUSTERING"],
  ])("says purpose %s as %s", (purpose, taskType) => {
    expect(ask({ texts: ["a"], purpose, dimensions: 64 }).requests).toEqual([{ content, outputDimensionality: 64, ...(taskType === undefined ? {} : { taskType }) }]);
  });

  it("keeps fields of its own dialect and notes what it has no word for", () => {
    const asked = { texts: ["a"], endUser: "u", unknownFields: [unknown("title", "t"), unknown("content", 1), unknown("encoding_format", "base64", "openai.chat")] };
    expect(ask(asked)).toEqual({ requests: [{ content, title: "t" }], notes: ["end_user DROPPED", "unknown_fields[1] DROPPED", "unknown_fields[2] DROPPED"] });
    expect(() => ask(asked, true)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
  });

  it("takes no tokens, and no more texts than one call does", () => {
    expect(() => ask({ tokenLists: [{ tokens: [1] }] })).toThrow("input.token_lists");
    expect(() => ask({ texts: Array.from({ length: 101 }, () => "a") })).toThrow("input.texts");
  });
});

describe("a schema for Gemini", () => {
  function compile(schema: object) {
    const { schema: compiled, lost } = compileGeminiSchema(schema as never);
    return { schema: compiled, notes: lost ? ["DROPPED"] : [] };
  }

  it("says the order of properties, null as nullable, and drops what means nothing there", () => {
    const schema = { $schema: "x", type: "object", additionalProperties: false, required: ["b", "zz"], properties: { b: { type: ["string", "null"] }, a: { anyOf: [{ type: "integer" }, { type: "null" }] }, c: { const: "k" } } };
    expect(compile(schema)).toEqual({
      schema: {
        type: "object",
        propertyOrdering: ["b", "a", "c"],
        required: ["b"],
        properties: { b: { type: "string", nullable: true }, a: { type: "integer", nullable: true }, c: { type: "string", enum: ["k"] } },
      },
      notes: [],
    });
  });

  it("writes references out and parts together", () => {
    const schema = { $defs: { p: { type: "object", properties: { x: { type: "number" } }, required: ["x"] } }, type: "array", items: { allOf: [{ $ref: "#/$defs/p" }, { properties: { y: { type: "string" } } }] } };
    expect(compile(schema).schema).toEqual({ type: "array", items: { type: "object", propertyOrdering: ["x", "y"], required: ["x"], properties: { x: { type: "number" }, y: { type: "string" } } } });
  });

  it("ends references to oneself and says so", () => {
    expect(compile({ $defs: { a: { allOf: [{ $ref: "#/$defs/a" }] } }, $ref: "#/$defs/a" }).notes).toEqual(["DROPPED"]);
    const { notes } = compile({ type: "object", properties: { self: { $ref: "#" } } });
    expect(notes).toEqual(["DROPPED"]);
  });

  it("stays bounded where references multiply", () => {
    const defs: Record<string, object> = { d0: { type: "string" } };
    for (let level = 1; level < 30; level++) defs[`d${level}`] = { type: "object", properties: { a: { $ref: `#/$defs/d${level - 1}` }, b: { $ref: `#/$defs/d${level - 1}` } } };
    const { schema, notes } = compile({ $defs: defs, $ref: "#/$defs/d29" });
    expect(JSON.stringify(schema).length).toBeLessThan(4_000_000);
    expect(notes).toEqual(["DROPPED"]);
  });

  it("says when it leaves a constraint out", () => {
    expect(compile({ type: "object", properties: { a: { type: "string", not: {} } } }).notes).toEqual(["DROPPED"]);
  });

  it.each<[string, object, object, boolean]>([
    ["keeps references and says the order of properties", { $ref: "#/$defs/a", description: "d", $defs: { a: { type: ["string", "null"] } } }, { $ref: "#/$defs/a", $defs: { a: { type: ["string", "null"] } } }, false],
    ["writes a single value as the only one", { const: 5 }, { enum: [5] }, false],
    ["tells what it leaves out", { type: "string", pattern: "a" }, { type: "string" }, true],
    ["ends where it is nested too deep", Array.from({ length: 70 }).reduce<object>((items) => ({ type: "array", items }), {}), expect.anything(), true],
  ])("as JSON schema %s", (_name, schema, expected, lost) => {
    expect(compileJsonSchema(schema as never)).toEqual({ schema: expected, lost });
  });
});
