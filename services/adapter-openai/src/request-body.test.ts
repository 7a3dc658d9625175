import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { toChatBody } from "@fairlead/openai-wire/chat/to-chat-body";
import { OPENAI_FLAVOR } from "@fairlead/openai-wire/flavor";
import { loadOpenaiModels } from "./models.ts";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1]);
const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("hi")] };
const models = loadOpenaiModels();

function write(init: MessageInitShape<typeof ChatRequestSchema>, settings: { strict?: boolean; stream?: boolean } = {}) {
  const request = create(ChatRequestSchema, { model: "gpt-4o", messages: [user], ...init });
  const { strict = false, stream = false } = settings;
  const { body, adaptations } = toChatBody(request, { flavor: OPENAI_FLAVOR, traits: models.entry(request.model)?.traits, strict, stream });
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a request to OpenAI", () => {
  it("asks for usage with every stream", () => {
    expect(write({}, { stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(write({}).body).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
  });

  it("keeps who speaks, in order, and the boundaries of texts", () => {
    const { body } = write({
      messages: [
        { role: Role.SYSTEM, parts: [text("a"), text("b")] },
        { role: Role.DEVELOPER, parts: [text("c")] },
        { role: Role.USER, parts: [text("d")], name: "ann" },
        { role: Role.ASSISTANT, parts: [] },
      ],
    });
    expect(body.messages).toEqual([
      { role: "system", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
      { role: "developer", content: "c" },
      { role: "user", content: "d", name: "ann" },
      { role: "assistant", content: "" },
    ]);
  });

  it("gives each result of a tool a message of its own", () => {
    const call = (id: string) => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson: id === "2" ? "" : "{\"x\":1}" } } });
    const result = (toolCallId: string) => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text("r")], isError: toolCallId === "2" } } });
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts: [call("1"), call("2")] }, { role: Role.TOOL, parts: [result("1"), result("2")] }] });
    expect(body.messages.slice(1)).toEqual([
      { role: "assistant", content: null, tool_calls: [{ type: "function", id: "1", function: { name: "f", arguments: "{\"x\":1}" } }, { type: "function", id: "2", function: { name: "f", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "1", content: "r" },
      { role: "tool", tool_call_id: "2", content: "r" },
    ]);
    expect(notes).toEqual(["messages[2].parts[1].tool_result.is_error DROPPED"]);
  });

  it("finds the type of a picture in its bytes", () => {
    const image = { content: { case: "image" as const, value: { source: { location: { case: "inline" as const, value: PNG }, mimeType: "image/jpeg" }, detail: 1 } } };
    expect(write({ messages: [{ role: Role.USER, parts: [image] }] }).body.messages[0].content).toEqual([{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORwE=", detail: "low" } }]);
  });

  it("says what it leaves out", () => {
    const reasoning = { content: { case: "reasoning" as const, value: { text: "t", provider: "anthropic" } } };
    const { notes } = write({
      messages: [{ role: Role.USER, parts: [{ ...text("a"), cacheMarker: {} }] }, { role: Role.ASSISTANT, parts: [reasoning, text("b")] }],
      topK: 3,
      stopSequences: ["a", "b", "c", "d", "e"],
      reasoning: { effort: ReasoningEffort.HIGH },
    });
    expect(notes.toSorted()).toEqual([
      "messages[0].parts[0].cache_marker EMULATED",
      "messages[1].parts[0].reasoning DROPPED",
      "reasoning DROPPED",
      "stop_sequences CLAMPED",
      "top_k DROPPED",
    ]);
  });

  it("refuses in strict mode what it would leave out, but not what it does in another way", () => {
    expect(() => write({ topK: 3 }, { strict: true })).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, message: expect.stringContaining("chat.top_k") }));
    expect(write({ messages: [{ role: Role.USER, parts: [{ ...text("a"), cacheMarker: {} }] }] }, { strict: true }).notes).toHaveLength(1);
  });

  it("holds custom sampling back from models that reason, and turns budgets into the nearest effort", () => {
    const { body, notes } = write({ model: "gpt-5-mini", temperature: 0.2, topP: 1, reasoning: { budgetTokens: 0 } });
    expect(body).toMatchObject({ top_p: 1, reasoning_effort: "minimal" });
    expect(body.temperature).toBeUndefined();
    expect(notes).toEqual(["reasoning.budget_tokens EMULATED", "reasoning.effort CLAMPED", "temperature DROPPED"]);
    expect(write({ model: "gpt-5.2", temperature: 0.2, reasoning: { effort: ReasoningEffort.NONE } }).body).toMatchObject({ temperature: 0.2, reasoning_effort: "none" });
  });

  it("keeps custom sampling only where the model does not reason", () => {
    expect(write({ model: "gpt-5.2", temperature: 0.2 }).body.temperature).toBe(0.2);
    expect(write({ model: "gpt-5.2", temperature: 0.2, reasoning: { effort: ReasoningEffort.HIGH } }).notes).toEqual(["temperature DROPPED"]);
    expect(write({ model: "gpt-5.5", temperature: 0.2 }).notes).toEqual(["temperature DROPPED"]);
    expect(write({ model: "gpt-5.5", temperature: 0.2, reasoning: { effort: ReasoningEffort.NONE } }).body.temperature).toBe(0.2);
  });

  it("has a model that cannot do both use tools rather than reason", () => {
    const tools = [{ name: "f" }];
    expect(write({ model: "gpt-5.5", tools })).toMatchObject({ body: { reasoning_effort: "none" }, notes: ["reasoning DROPPED"] });
    expect(write({ model: "gpt-5.4", tools })).toMatchObject({ body: { reasoning_effort: "none" }, notes: [] });
    expect(write({ model: "gpt-5.4", tools, reasoning: { effort: ReasoningEffort.HIGH } }).notes).toEqual(["reasoning DROPPED"]);
    expect(write({ model: "gpt-5.2", tools, reasoning: { effort: ReasoningEffort.HIGH } }).body.reasoning_effort).toBe("high");
  });

  it("sends a dated name on as it was asked, and writes for its base", () => {
    const { body, notes } = write({ model: "gpt-5.5-2026-04-23", temperature: 0.2 });
    expect(body.model).toBe("gpt-5.5-2026-04-23");
    expect(notes).toEqual(["temperature DROPPED"]);
  });

  it.each([
    [{ mode: ToolChoiceMode.REQUIRED }, { tool_choice: "required" }],
    [{ mode: ToolChoiceMode.NAMED, name: "f" }, { tool_choice: { type: "function", function: { name: "f" } } }],
    [{ parallel: false }, { parallel_tool_calls: false }],
  ])("writes the choice of tools %j", (toolChoice, expected) => {
    const { body } = write({ tools: [{ name: "f", parametersJson: "{\"type\":\"object\"}" }], toolChoice });
    expect(body).toMatchObject({ ...expected, tools: [{ type: "function", function: { name: "f", parameters: { type: "object" } } }] });
  });

  it("closes objects and requires all properties of a strict schema", () => {
    const schemaJson = JSON.stringify({ type: "object", properties: { a: { type: "string" }, b: { type: "array", items: { type: "object", properties: { c: { enum: [1] } } } } }, required: ["b"] });
    const { body, notes } = write({ responseFormat: { format: { case: "jsonSchema", value: { name: "my schema", schemaJson, strict: true } } } });
    expect(body.response_format.json_schema).toEqual({
      name: "my_schema",
      strict: true,
      schema: {
        type: "object",
        properties: {
          a: { type: ["string", "null"] },
          b: { type: "array", items: { type: "object", properties: { c: { anyOf: [{ enum: [1] }, { type: "null" }] } }, required: ["c"], additionalProperties: false } },
        },
        required: ["a", "b"],
        additionalProperties: false,
      },
    });
    expect(notes).toEqual(["response_format.json_schema.schema_json EMULATED"]);
  });

  it("passes unknown fields of its own dialect, and none that it writes itself", () => {
    const value = { kind: { case: "stringValue" as const, value: "v" } };
    const field = (dialect: string, name: string) => ({ dialect, name, value });
    const { body, notes } = write({ unknownFields: [field("openai.chat", "service_tier"), field("openai.chat", "model"), field("anthropic.messages", "container")] });
    expect(body).toMatchObject({ service_tier: "v", model: "gpt-4o" });
    expect(notes).toEqual(["unknown_fields[1] DROPPED", "unknown_fields[2] DROPPED"]);
  });
});
