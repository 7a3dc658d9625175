import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { OPENAI_FLAVOR } from "../flavor.ts";
import { modelTraits } from "../traits.ts";
import { toInputTokenBody } from "./to-input-token-body.ts";
import { toResponsesBody } from "./to-responses-body.ts";

type Init = MessageInitShape<typeof ChatRequestSchema>;

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const DATA_URL = "data:image/png;base64,iVBORw==";
const REASONING = { reasoning_efforts: ["low", "medium", "high"], default_effort: "medium" };
const text = (value: string, more: object = {}) => ({ content: { case: "text" as const, value: { text: value } }, ...more });
const said = (value: string) => ({ kind: { case: "stringValue" as const, value } });
const field = (dialect: string, name: string, value = "v") => ({ dialect, name, value: said(value) });
const inline = { source: { location: { case: "inline" as const, value: PNG }, mimeType: "" } };
const foreign = (type: string, dialect = "openai.responses") => ({ content: { case: "foreign" as const, value: { dialect, value: { kind: { case: "structValue" as const, value: { fields: { type: said(type) } } } } } } });
const user = { role: Role.USER, parts: [text("hi")] };
const asked = { type: "message", role: "user", content: "hi" };
const bytes = (value: string) => new TextEncoder().encode(value);

function settings({ strict = false, stream = false, traits }: { strict?: boolean; stream?: boolean; traits?: object | undefined }) {
  return { flavor: OPENAI_FLAVOR, strict, stream, deployment: "d", traits: traits && modelTraits.parse(traits) };
}

function write(init: Init, given: Parameters<typeof settings>[0] = {}) {
  const { body, adaptations } = toResponsesBody(create(ChatRequestSchema, { model: "m", messages: [user], ...init }), settings(given));
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field: name, kind }) => `${name} ${AdaptationKind[kind]}`) };
}

describe("a body of the Responses API", () => {
  it("has nothing kept, and reasoning come back encrypted where the model reasons", () => {
    expect(write({})).toEqual({ body: { model: "m", input: [asked], store: false }, notes: [] });
    expect(write({}, { stream: true, traits: REASONING }).body).toEqual({ model: "m", input: [asked], store: false, stream: true, include: ["reasoning.encrypted_content"] });
  });

  it("writes the conversation as items in order, instructions above it", () => {
    const reasoning = { content: { case: "reasoning" as const, value: { text: "t", signature: bytes("enc"), provider: "openai", deployment: "d", id: "rs_1" } } };
    const call = { content: { case: "toolCall" as const, value: { id: "c", name: "f", argumentsJson: "" } }, extraFields: [field("openai.responses", "namespace")] };
    const image = { content: { case: "image" as const, value: inline } };
    const result = { content: { case: "toolResult" as const, value: { toolCallId: "c", content: [text("r"), image] } } };
    const { body, notes } = write({
      messages: [
        { role: Role.SYSTEM, parts: [text("s")] },
        { role: Role.DEVELOPER, parts: [text("a"), text("b")] },
        user,
        { role: Role.ASSISTANT, parts: [reasoning, text("x", { extraFields: [field("openai.responses", "message.phase", "commentary")] }), text("y"), call] },
        { role: Role.TOOL, parts: [result] },
        { role: Role.ASSISTANT, parts: [foreign("web_search_call"), foreign("output_audio"), { content: { case: "refusal", value: { text: "no" } } }] },
      ],
    });
    expect(body.instructions).toBe("s");
    expect(body.input).toEqual([
      { type: "message", role: "developer", content: [{ type: "input_text", text: "a" }, { type: "input_text", text: "b" }] },
      asked,
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "t" }], encrypted_content: "enc" },
      { type: "message", role: "assistant", phase: "commentary", content: [{ type: "output_text", text: "x" }, { type: "output_text", text: "y" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}", namespace: "v" },
      { type: "function_call_output", call_id: "c", output: [{ type: "input_text", text: "r" }, { type: "input_image", image_url: DATA_URL }] },
      { type: "web_search_call" },
      { type: "message", role: "assistant", content: [{ type: "output_audio" }, { type: "refusal", refusal: "no" }] },
    ]);
    expect(notes).toEqual([]);
  });

  it("takes media by bytes, address and id", () => {
    const source = (location: object) => ({ source: { location, mimeType: "" } });
    const parts: object[] = [
      { content: { case: "image" as const, value: { ...source({ case: "url", value: "https://x/y.png" }), detail: 2 } } },
      { content: { case: "image" as const, value: source({ case: "fileId", value: "file-1" }) } },
      { content: { case: "file" as const, value: source({ case: "url", value: "https://x/y.pdf" }) } },
      { content: { case: "file" as const, value: { ...source({ case: "inline", value: bytes("%PDF-1") }), filename: "a.pdf" } } },
      { content: { case: "file" as const, value: source({ case: "fileId", value: "file-2" }) } },
      { content: { case: "audio" as const, value: inline } },
    ];
    const { body, notes } = write({ messages: [{ role: Role.USER, parts: parts as never }] });
    expect(body.input[0].content).toEqual([
      { type: "input_image", image_url: "https://x/y.png", detail: "high" },
      { type: "input_image", file_id: "file-1" },
      { type: "input_file", file_url: "https://x/y.pdf" },
      { type: "input_file", file_data: "data:application/pdf;base64,JVBERi0x", filename: "a.pdf" },
      { type: "input_file", file_id: "file-2" },
    ]);
    expect(notes).toEqual(["messages[0].parts[5].audio DROPPED"]);
  });

  it("gives reasoning back to the deployment that made it, and to no other", () => {
    const reasoning = (more: object) => ({ content: { case: "reasoning" as const, value: { text: "t", provider: "openai", ...more } } });
    const parts = [reasoning({ provider: "anthropic", signature: bytes("e") }), reasoning({ deployment: "e", signature: bytes("e") }), reasoning({}), reasoning({ id: "rs_1" })];
    const { body, notes } = write({ messages: [user, { role: Role.ASSISTANT, parts }] });
    expect(body.input.slice(1)).toEqual([{ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "t" }] }]);
    expect(notes).toEqual([0, 1, 2].map((part) => `messages[1].parts[${part}].reasoning DROPPED`));
  });

  it("goes on from an answer only where it is kept", () => {
    const previous = (provider: string, deployment: string): Init => ({ previousAnswer: { provider, deployment, id: "resp_1" } });
    expect(write(previous("openai", "d")).body.previous_response_id).toBe("resp_1");
    for (const [provider, deployment] of [["openai", "e"], ["azure", "d"]] as const) {
      expect(() => write(previous(provider, deployment))).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, message: expect.stringContaining("previous_answer") }));
    }
  });

  it("writes tools, forms and limits in this API's shape", () => {
    const { body, notes } = write({
      tools: [{ name: "f", description: "d", parametersJson: '{"type":"object"}' }, { name: "g", strict: true }],
      toolChoice: { mode: ToolChoiceMode.NAMED, name: "f", parallel: false },
      responseFormat: { format: { case: "jsonSchema", value: { name: "my schema", schemaJson: '{"type":"object"}', strict: true } } },
      maxOutputTokens: 5,
      endUser: "u",
      temperature: 0.5,
    });
    expect(body).toEqual({
      model: "m",
      input: [asked],
      tools: [
        { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: false },
        { type: "function", name: "g", parameters: null, strict: true },
      ],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
      text: { format: { type: "json_schema", name: "my_schema", schema: { type: "object", properties: {}, required: [], additionalProperties: false }, strict: true } },
      max_output_tokens: 16,
      safety_identifier: "u",
      temperature: 0.5,
      store: false,
    });
    expect(notes).toEqual(["max_output_tokens CLAMPED", "response_format.json_schema.schema_json EMULATED"]);
  });

  it("says what it leaves out, but not of what says nothing", () => {
    const init: Init = { candidateCount: 2, stopSequences: ["a"], topK: 3, seed: 1n, frequencyPenalty: 0.5, presencePenalty: 0, temperature: 1, topP: 0.5 };
    const { body, notes } = write(init, { traits: REASONING });
    expect(body).toMatchObject({ temperature: 1 });
    expect(notes).toEqual(["candidate_count", "stop_sequences", "top_p", "top_k", "frequency_penalty", "seed"].map((name) => `${name} DROPPED`));
    expect(() => write(init, { strict: true })).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
  });

  it("asks for reasoning and for its summary", () => {
    const reasoning = { effort: ReasoningEffort.MINIMAL, includeText: true };
    expect(write({ reasoning }, { traits: REASONING })).toMatchObject({ body: { reasoning: { effort: "low", summary: "auto" } }, notes: ["reasoning.effort CLAMPED"] });
    expect(write({ reasoning: { includeText: true } }, { traits: REASONING }).body.reasoning).toEqual({ summary: "auto" });
    expect(write({ reasoning }, { traits: {} })).toMatchObject({ body: { input: [asked] }, notes: ["reasoning DROPPED"] });
  });

  it("passes fields of its own dialect and those that chat completions share, and replaces what a caller keeps whole", () => {
    const list = (...values: string[]) => ({ kind: { case: "listValue" as const, value: { values: values.map(said) } } });
    const unknownFields = [
      field("openai.responses", "service_tier"),
      field("openai.chat", "prompt_cache_key"),
      field("openai.chat", "logit_bias"),
      field("openai.chat", "reasoning_effort", "xhigh"),
      field("openai.chat", "verbosity"),
      field("openai.responses", "tools"),
      field("openai.responses", "input"),
      { dialect: "openai.responses", name: "store", value: { kind: { case: "boolValue" as const, value: true } } },
      { dialect: "openai.responses", name: "include", value: list("message.output_text.logprobs") },
    ];
    const responseFormat = { format: { case: "jsonObject" as const, value: {} } };
    const { body, notes } = write({ unknownFields, tools: [{ name: "f" }], responseFormat }, { traits: REASONING });
    expect(body).toEqual({
      model: "m",
      input: [asked],
      tools: "v",
      service_tier: "v",
      prompt_cache_key: "v",
      reasoning: { effort: "xhigh" },
      text: { format: { type: "json_object" }, verbosity: "v" },
      store: true,
      include: ["message.output_text.logprobs", "reasoning.encrypted_content"],
    });
    expect(notes).toEqual(["unknown_fields[2] DROPPED", "unknown_fields[6] DROPPED"]);
  });

  it("is counted by what the count depends on", () => {
    const request = create(ChatRequestSchema, { model: "m", messages: [{ role: Role.SYSTEM, parts: [text("s")] }, user], maxOutputTokens: 99, temperature: 0.5, tools: [{ name: "f" }] });
    expect(toInputTokenBody(request, settings({}))).toEqual({ model: "m", instructions: "s", input: [asked], tools: [{ type: "function", name: "f", parameters: null, strict: false }] });
  });
});
