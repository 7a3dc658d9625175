import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { loadAnthropicModels } from "./models.ts";
import { toAnthropicRequest } from "./to-anthropic-request.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("hi")] };
const call = (id: string, argumentsJson = "{}") => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson } } });
const result = (toolCallId: string) => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text("r")] } } });
const thought = (provider: string, signature: string) => ({ content: { case: "reasoning" as const, value: { text: "t", provider, signature: stateToBytes(signature) } } });
const models = loadAnthropicModels();

function write(init: MessageInitShape<typeof ChatRequestSchema>, strict = false) {
  const request = create(ChatRequestSchema, { model: "claude-haiku-4-5", messages: [user], ...init });
  const { body, adaptations } = toAnthropicRequest(request, { entry: models.entry(request.model), strict, stream: false });
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a request to Anthropic", () => {
  it("always bounds the answer, by the model's usual length where the caller does not", () => {
    expect(write({}).body.max_tokens).toBe(8192);
    expect(write({ model: "claude-unlisted" }).body.max_tokens).toBe(4096);
    expect(write({ maxOutputTokens: 5 }).body.max_tokens).toBe(5);
    expect(write({ maxOutputTokens: 900_000 })).toMatchObject({ body: { max_tokens: 64_000 }, notes: ["max_output_tokens CLAMPED"] });
  });

  it("puts system text on top, block by block, with its cache points", () => {
    const { body } = write({
      messages: [{ role: Role.SYSTEM, parts: [{ ...text("a"), cacheMarker: { ttlSeconds: 3600 } }, text("b")] }, { role: Role.DEVELOPER, parts: [{ ...text("c"), cacheMarker: {} }] }, user],
    });
    expect(body.system).toEqual([
      { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "b" },
      { type: "text", text: "c", cache_control: { type: "ephemeral" } },
    ]);
    expect(body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "hi" }] }]);
  });

  it("makes one turn of several results of tools, which come first in it", () => {
    const { body } = write({ messages: [user, { role: Role.ASSISTANT, parts: [call("a.1"), call("b")] }, { role: Role.TOOL, parts: [result("a.1")] }, { role: Role.TOOL, parts: [result("b")] }, user] });
    expect(body.messages.map((turn: any) => [turn.role, turn.content.map((block: any) => block.type)])).toEqual([
      ["user", ["text"]],
      ["assistant", ["tool_use", "tool_use"]],
      ["user", ["tool_result", "tool_result", "text"]],
    ]);
    expect(body.messages[1].content[0].id).toBe("a_1");
    expect(body.messages[2].content[0].tool_use_id).toBe("a_1");
  });

  it("gives back its own signed thinking and nobody else's", () => {
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts: [thought("anthropic", "sig"), thought("google", "g"), thought("anthropic", ""), text("x")] }, user] });
    expect(body.messages[1].content).toEqual([{ type: "thinking", thinking: "t", signature: "sig" }, { type: "text", text: "x" }]);
    expect(notes).toEqual(["messages[1].parts[1].reasoning DROPPED", "messages[1].parts[2].reasoning DROPPED"]);
  });

  it("takes arguments that are no object for one field of an object", () => {
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts: [call("a", "{broken")] }, { role: Role.TOOL, parts: [result("a")] }] });
    expect(body.messages[1].content[0].input).toEqual({ arguments: "{broken" });
    expect(notes).toEqual(["messages[1].parts[0].tool_call.arguments_json EMULATED"]);
  });

  it.each<[string, MessageInitShape<typeof ChatRequestSchema>, object, string[]]>([
    ["temperature above 1", { temperature: 1.5 }, { temperature: 1 }, ["temperature CLAMPED"]],
    ["temperature beside top_p", { temperature: 0.5, topP: 0.9 }, { temperature: 0.5 }, ["top_p DROPPED"]],
    ["penalties, seed and several answers", { frequencyPenalty: 1, seed: 1n, candidateCount: 2 }, {}, ["frequency_penalty DROPPED", "seed DROPPED", "candidate_count CLAMPED"]],
    ["stop sequences of white space", { stopSequences: ["\n", "x"] }, { stop_sequences: ["x"] }, ["stop_sequences DROPPED"]],
    ["effort", { reasoning: { effort: ReasoningEffort.LOW } }, { max_tokens: 10_240, thinking: { type: "enabled", budget_tokens: 2048 } }, ["reasoning.effort EMULATED"]],
    ["a small budget", { reasoning: { budgetTokens: 5 } }, { thinking: { type: "enabled", budget_tokens: 1024 } }, ["reasoning.budget_tokens CLAMPED"]],
    ["a budget above the bound", { maxOutputTokens: 2000, reasoning: { budgetTokens: 5000 } }, { max_tokens: 2000, thinking: { type: "enabled", budget_tokens: 1999 } }, ["reasoning CLAMPED"]],
    ["thinking without room", { maxOutputTokens: 500, reasoning: { budgetTokens: 5000 } }, { max_tokens: 500 }, ["reasoning DROPPED"]],
    ["thinking beside custom sampling", { temperature: 0.2, reasoning: { budgetTokens: 2000 } }, { thinking: { type: "enabled", budget_tokens: 2000 } }, ["temperature DROPPED"]],
    ["no reasoning", { reasoning: { effort: ReasoningEffort.NONE } }, {}, []],
  ])("fits %s", (_name, init, expected, notes) => {
    const written = write(init);
    expect(written.body).toMatchObject(expected);
    expect(written.notes).toEqual(notes);
    for (const field of ["temperature", "top_p", "thinking"]) if (!(field in expected)) expect(written.body[field]).toBeUndefined();
  });

  it("does not think where a tool is forced, nor after calls that came without thinking", () => {
    const tools = [{ name: "f" }];
    const reasoning = { budgetTokens: 2000 };
    expect(write({ tools, reasoning, toolChoice: { mode: ToolChoiceMode.REQUIRED } })).toMatchObject({ body: { tool_choice: { type: "any" } }, notes: ["reasoning DROPPED"] });
    const messages = [user, { role: Role.ASSISTANT, parts: [call("a")] }, { role: Role.TOOL, parts: [result("a")] }];
    expect(write({ messages, tools, reasoning })).toMatchObject({ notes: ["reasoning DROPPED"] });
  });

  it.each([
    [{ mode: ToolChoiceMode.NAMED, name: "f", parallel: false }, { type: "tool", name: "f", disable_parallel_tool_use: true }],
    [{ parallel: false }, { type: "auto", disable_parallel_tool_use: true }],
    [{ mode: ToolChoiceMode.NONE }, { type: "none" }],
  ])("writes the choice of tools %j", (toolChoice, expected) => {
    const { body } = write({ tools: [{ name: "f" }], toolChoice });
    expect(body.tool_choice).toEqual(expected);
    expect(body.tools).toEqual([{ name: "f", input_schema: { type: "object", properties: {} } }]);
  });

  it("closes the objects of a schema and says which bounds it leaves out", () => {
    const schemaJson = JSON.stringify({ type: "object", properties: { a: { type: "integer", minimum: 1 } } });
    const { body, notes } = write({ responseFormat: { format: { case: "jsonSchema", value: { name: "s", schemaJson } } } });
    expect(body.output_config).toEqual({ format: { type: "json_schema", schema: { type: "object", properties: { a: { type: "integer" } }, additionalProperties: false } } });
    expect(notes).toEqual(["response_format.json_schema.schema_json DROPPED", "response_format.json_schema.schema_json EMULATED"]);
  });

  it.each<[string, string, MessageInitShape<typeof ChatRequestSchema>["reasoning"], object, string[]]>([
    ["nothing where nothing is asked", "claude-sonnet-5", undefined, {}, []],
    ["an effort", "claude-sonnet-5", { effort: ReasoningEffort.MEDIUM, includeText: true }, { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "medium" } }, []],
    ["a budget as an effort", "claude-opus-5-5", { budgetTokens: 1_000 }, { thinking: { type: "adaptive" }, output_config: { effort: "low" } }, ["reasoning.budget_tokens EMULATED"]],
    ["not to think", "claude-sonnet-5", { effort: ReasoningEffort.NONE }, { thinking: { type: "disabled" } }, []],
    ["not to think before it begins", "claude-sonnet-5-5", { effort: ReasoningEffort.NONE }, { thinking: { type: "between_tools" } }, []],
    ["the least where it always thinks", "claude-opus-5-5", { effort: ReasoningEffort.NONE }, { output_config: { effort: "low" } }, ["reasoning CLAMPED"]],
  ])("tells a model that thinks as it sees fit %s", (_name, model, reasoning, expected, notes) => {
    const written = write({ model, ...(reasoning === undefined ? {} : { reasoning }) });
    expect(written.body).toEqual({ model, max_tokens: 16_000, messages: expect.anything(), ...expected });
    expect(written.notes).toEqual(notes);
  });

  it("keeps the schema of the answer beside the effort", () => {
    const format = { format: { case: "jsonSchema" as const, value: { name: "s", schemaJson: "{}" } } };
    const { body } = write({ model: "claude-sonnet-5", reasoning: { effort: ReasoningEffort.LOW }, responseFormat: format });
    expect(body.output_config).toMatchObject({ effort: "low", format: { type: "json_schema" } });
  });

  it("leaves out sampling where the model refuses it", () => {
    const { body, notes } = write({ model: "claude-opus-5", temperature: 0.2, topP: 1, topK: 5 });
    expect([body.temperature, body.top_p, body.top_k]).toEqual([undefined, undefined, undefined]);
    expect(notes).toEqual(["temperature DROPPED", "top_k DROPPED"]);
  });

  it("leaves the choice of a tool to a model that cannot be forced, and has others not think when forced", () => {
    const asked = { tools: [{ name: "f" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "f", parallel: false } };
    expect(write({ model: "claude-sonnet-5-5", ...asked })).toMatchObject({ body: { tool_choice: { type: "auto", disable_parallel_tool_use: true } }, notes: ["tool_choice DROPPED"] });
    expect(write({ model: "claude-sonnet-5", ...asked })).toMatchObject({ body: { tool_choice: { type: "tool", name: "f" }, thinking: { type: "disabled" } }, notes: [] });
  });

  it("refuses in strict mode what it would clamp", () => {
    expect(() => write({ temperature: 1.5 }, true)).toThrow("chat.temperature");
  });

  it("takes pictures by their bytes and documents as PDF or text", () => {
    const inline = (bytes: number[], mimeType: string) => ({ location: { case: "inline" as const, value: new Uint8Array(bytes) }, mimeType });
    const parts = [
      { content: { case: "image" as const, value: { source: inline([0xff, 0xd8, 0xff], "image/png") } } },
      { content: { case: "file" as const, value: { source: inline([0x25, 0x50, 0x44, 0x46], ""), filename: "a.pdf" } } },
      { content: { case: "audio" as const, value: { source: inline([1], "audio/wav") } } },
    ];
    const { body, notes } = write({ messages: [{ role: Role.USER, parts }] });
    expect(body.messages[0].content).toMatchObject([{ source: { media_type: "image/jpeg" } }, { type: "document", title: "a.pdf", source: { media_type: "application/pdf" } }]);
    expect(notes).toEqual(["messages[0].parts[2].audio DROPPED"]);
  });
});
