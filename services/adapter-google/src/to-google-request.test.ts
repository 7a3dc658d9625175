import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { compileGeminiSchema } from "./compile-gemini-schema.ts";
import { loadGoogleModels } from "./models.ts";
import { toGoogleRequest, toModelPath } from "./to-google-request.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("hi")] };
const call = (id: string, signature = "") => ({ content: { case: "toolCall" as const, value: { id, name: `f${id}`, argumentsJson: "{}", signature: stateToBytes(signature) } } });
const result = (toolCallId: string, value = "r") => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text(value)], isError: value === "bad" } } });
const models = loadGoogleModels();

function write(init: MessageInitShape<typeof ChatRequestSchema>, strict = false) {
  const request = create(ChatRequestSchema, { model: "gemini-2.5-flash", messages: [user], ...init });
  const { body, adaptations } = toGoogleRequest(request, { traits: models.entry(request.model)?.traits, strict });
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
        { functionResponse: { name: "f1", response: { output: "r" } } },
        { functionResponse: { name: "f2", response: { a: 1 } } },
        { functionResponse: { name: "f3", response: { error: "bad" } } },
      ],
    });
  });

  it("gives signatures back unchanged, where they were", () => {
    const thought = (provider: string) => ({ content: { case: "reasoning" as const, value: { text: "", provider, signature: stateToBytes("sig+/=") } } });
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts: [text("a"), thought("google"), thought("anthropic"), call("1", "s=="), call("2")] }, { role: Role.TOOL, parts: [result("1"), result("2")] }] });
    expect(body.contents[1].parts).toEqual([
      { text: "a" },
      { text: "", thoughtSignature: "sig+/=" },
      { functionCall: { name: "f1", args: {} }, thoughtSignature: "s==" },
      { functionCall: { name: "f2", args: {} } },
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

  it.each(["../files/x", "a/../../b", "models/../x", "a:b", "x/y", "tunedModels/..", "a?b"])("leads to no other place by the model name %j", (model) => {
    expect(() => toModelPath(model)).toThrow(expect.objectContaining({ code: ErrorCode.MODEL_NOT_FOUND }));
  });

  it.each(["gemini-2.5-flash", "models/gemini-2.5-flash", "tunedModels/mine-1"])("takes the model name %s", (model) => {
    expect(toModelPath(model)).toBe(model);
  });
});

describe("a schema for Gemini", () => {
  function compile(schema: object) {
    const log = createAdaptationLog(false);
    return { schema: compileGeminiSchema(schema as never, "p", log), notes: log.entries.map(({ kind }) => AdaptationKind[kind]) };
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
});
