import { clone, create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { ModelDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { loadAnthropicModels } from "./models.ts";
import { toAnthropicRequest } from "./to-anthropic-request.ts";
import { toCountBody } from "./to-count-body.ts";

const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
const user = { role: Role.USER, parts: [text("hi")] };
const call = (id: string, argumentsJson = "{}") => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson } } });
const result = (toolCallId: string) => ({ content: { case: "toolResult" as const, value: { toolCallId, content: [text("r")] } } });
const thought = (provider: string, signature: string) => ({ content: { case: "reasoning" as const, value: { text: "t", provider, signature: stateToBytes(signature) } } });
const models = loadAnthropicModels();

function write(init: MessageInitShape<typeof ChatRequestSchema>, strict = false) {
  const request = create(ChatRequestSchema, { model: "claude-haiku-4-5", messages: [user], ...init });
  const { body, adaptations, ...rest } = toAnthropicRequest(request, { entry: models.entry(request.model), strict, stream: false });
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`), ...rest };
}

const value = (json: unknown) => fromJson(ValueSchema, json as JsonValue);
const foreign = (block: unknown, dialect = "anthropic.messages") => ({ content: { case: "foreign" as const, value: { dialect, value: value(block) } } });
const unknown = (name: string, json: unknown, dialect = "anthropic.messages") => ({ dialect, name, value: value(json) });
const inline = (bytes: readonly number[], mimeType = "") => ({ location: { case: "inline" as const, value: new Uint8Array(bytes) }, mimeType });
const image = (source: object) => ({ content: { case: "image" as const, value: { source } } });
const file = (source: object, filename = "") => ({ content: { case: "file" as const, value: { source, filename } } });
const say = (...parts: MessageInitShape<typeof PartSchema>[]) => ({ role: Role.USER, parts });
const answer = (...parts: MessageInitShape<typeof PartSchema>[]) => ({ role: Role.ASSISTANT, parts });

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

  it("takes pictures by their bytes whatever is said of them, and documents as PDF or text", () => {
    const { body, notes } = write({
      messages: [
        say(
          image(inline([0xff, 0xd8, 0xff], "image/png")),
          image(inline([0x42, 0x4d, 1, 2], "image/png")),
          image({ location: { case: "url", value: "https://x.test/a.png" } }),
          image({ location: { case: "fileId", value: "file_1" } }),
          file(inline([0x25, 0x50, 0x44, 0x46], "text/plain"), "a.pdf"),
          file(inline([0x7b, 0x7d], "application/json"), "a.json"),
          file(inline([0x89, 0x50, 0x4e, 0x47], "application/pdf")),
          file(inline([1, 2, 3], "application/zip")),
          file({ location: { case: "fileId", value: "file_2" } }),
          { content: { case: "audio", value: { source: inline([1], "audio/wav") } } },
          { content: { case: "audio", value: { source: inline([1], "audio/wav"), transcript: "said" } } },
        ),
      ],
    });
    expect(body.messages[0].content).toEqual([
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/" } },
      { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
      { type: "image", source: { type: "file", file_id: "file_1" } },
      { type: "document", title: "a.pdf", source: { type: "base64", media_type: "application/pdf", data: "JVBERg==" } },
      { type: "document", title: "a.json", source: { type: "text", media_type: "text/plain", data: "{}" } },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw==" } },
      { type: "document", source: { type: "file", file_id: "file_2" } },
      { type: "text", text: "said" },
    ]);
    expect(notes).toEqual(["messages[0].parts[1].image DROPPED", "messages[0].parts[7].file DROPPED", "messages[0].parts[9].audio DROPPED", "messages[0].parts[10].audio EMULATED"]);
  });

  it("writes blocks of its own dialect verbatim where they stand, and notes those of others", () => {
    const use = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" }, caller: { type: "direct" } };
    const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "web_search_result", encrypted_content: "e" }] };
    const upload = { type: "container_upload", file_id: "f" };
    const nested = { content: { case: "toolResult" as const, value: { toolCallId: "t", content: [foreign({ type: "search_result", source: "s" })] } } };
    const { body, notes } = write({
      messages: [
        { role: Role.SYSTEM, parts: [foreign({ type: "later", text: "x" })] },
        say(text("a"), { ...foreign(upload), cacheMarker: {} }, foreign({ type: "input_audio" }, "openai.chat")),
        answer(foreign(use), foreign(found), text("b"), call("t")),
        { role: Role.TOOL, parts: [nested] },
      ],
    });
    expect(body.system).toEqual([{ type: "later", text: "x" }]);
    expect(body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "a" }, { ...upload, cache_control: { type: "ephemeral" } }] },
      { role: "assistant", content: [use, found, { type: "text", text: "b" }, { type: "tool_use", id: "t", name: "f", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: [{ type: "search_result", source: "s" }] }] },
    ]);
    expect(notes).toEqual(["messages[1].parts[2].foreign DROPPED"]);
  });

  it("adds fields that it does not know to their blocks", () => {
    const citations = unknown("citations", [{ type: "page_location" }]);
    const { body, notes } = write({
      messages: [
        say({ ...file({ location: { case: "url", value: "https://x.test/a.pdf" } }), extraFields: [unknown("citations", { enabled: true }), unknown("context", "c")] }),
        answer({ ...text("b"), extraFields: [citations, unknown("annotations", [1], "openai.chat")] }, { ...call("t"), extraFields: [unknown("caller", { type: "direct" })] }),
        { role: Role.TOOL, parts: [result("t")] },
      ],
    });
    expect(body.messages[0].content).toEqual([{ type: "document", source: { type: "url", url: "https://x.test/a.pdf" }, citations: { enabled: true }, context: "c" }]);
    expect(body.messages[1].content).toEqual([{ type: "text", text: "b", citations: [{ type: "page_location" }] }, { type: "tool_use", id: "t", name: "f", input: {}, caller: { type: "direct" } }]);
    expect(notes).toEqual(["messages[1].parts[0].extra_fields[1] DROPPED"]);
  });

  it("marks every kind of block and tools for the cache, the last four of them", () => {
    const marked = { cacheMarker: { ttlSeconds: 3600 } };
    const cached = { cache_control: { type: "ephemeral", ttl: "1h" } };
    const tools = [{ name: "f", ...marked }];
    const messages = [say({ ...image({ location: { case: "url", value: "u" } }), ...marked }), answer({ ...call("t"), ...marked }), { role: Role.TOOL, parts: [{ ...result("t"), ...marked }] }];
    const { body, notes } = write({ tools, messages });
    expect([body.tools[0], body.messages[0].content[0], body.messages[1].content[0], body.messages[2].content[0]]).toMatchObject([cached, cached, cached, cached]);
    expect(notes).toEqual([]);
    const more = write({ tools, messages: [{ role: Role.SYSTEM, parts: [{ ...text("s"), ...marked }] }, ...messages] });
    expect(more.body.tools[0]).not.toHaveProperty("cache_control");
    expect(more.body.system[0]).toMatchObject(cached);
    expect(more.notes).toEqual(["messages DROPPED"]);
  });

  it("sends no text that is empty or of white space alone, and none that ends a prefill with it", () => {
    const { body, notes } = write({ messages: [say(text(""), text("  \n"), text("a ")), answer(text("b \n"))] });
    expect(body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "a " }] }, { role: "assistant", content: [{ type: "text", text: "b" }] }]);
    expect(notes).toEqual(["messages[0].parts[1].text EMULATED", "messages[1] EMULATED"]);
  });

  it("gives calls and their results the same ids, each once", () => {
    const { body, notes } = write({
      messages: [user, answer(call("a.b"), call("a_b")), { role: Role.TOOL, parts: [result("a_b"), result("a.b")] }, answer(call("a_b")), { role: Role.TOOL, parts: [result("a_b")] }],
    });
    const ids = (turn: number, key: string) => body.messages[turn].content.map((block: any) => block[key]);
    expect([ids(1, "id"), ids(2, "tool_use_id"), ids(3, "id"), ids(4, "tool_use_id")]).toEqual([["a_b", "a_b_2"], ["a_b_2", "a_b"], ["a_b_3"], ["a_b_3"]]);
    expect(notes).toEqual([0, 1].map((part) => `messages[1].parts[${part}].tool_call.id EMULATED`).concat("messages[3].parts[0].tool_call.id EMULATED"));
  });

  it("gives tools names that Anthropic takes and reads them back", () => {
    const names = ["a.b", "a_b", "c:d"];
    const { body, notes, reading } = write({ tools: names.map((name) => ({ name })), toolChoice: { mode: ToolChoiceMode.NAMED, name: "c:d" } });
    const written = body.tools.map(({ name }: { name: string }) => name);
    expect(written).toEqual(["a_b_2", "a_b", "c_d"]);
    expect(body.tool_choice.name).toBe("c_d");
    expect(written.map(reading.toolName)).toEqual(names);
    expect(notes).toEqual(["tools[0].name EMULATED", "tools[2].name EMULATED"]);
  });

  it("keeps what the caller wrote in its own dialect, with the header that it needs", () => {
    const tools = [{ type: "web_search_20250305", name: "web_search" }, { name: "f", input_schema: { type: "object" } }];
    const unknownFields = [unknown("tools", tools), unknown("container", "c"), unknown("betas", ["skills-2025-10-02", "bad header\r\n"]), unknown("model", "other"), unknown("x", 1, "openai.chat")];
    const { body, notes, betas } = write({ tools: [{ name: "f" }], unknownFields });
    expect(body).toMatchObject({ model: "claude-haiku-4-5", tools, container: "c" });
    expect(body).not.toHaveProperty("betas");
    expect(betas).toEqual(["skills-2025-10-02"]);
    expect(notes).toEqual(["unknown_fields[3] DROPPED", "unknown_fields[4] DROPPED"]);
    expect(write({ unknownFields: [unknown("tools", tools)], toolChoice: { mode: ToolChoiceMode.REQUIRED } }).body).toMatchObject({ tools, tool_choice: { type: "any" } });
  });

  it.each<[string, string, object, object]>([
    ["as the model sees fit, verbatim", "claude-sonnet-5", { type: "adaptive", display: "omitted" }, { thinking: { type: "adaptive", display: "omitted" } }],
    ["as the model sees fit, by a number of tokens where it knows no other way", "claude-haiku-4-5", { type: "adaptive" }, { thinking: { type: "enabled", budget_tokens: 8_192 } }],
  ])("lets it think %s", (_name, model, thinking, expected) => {
    expect(write({ model, reasoning: { includeText: true }, unknownFields: [unknown("thinking", thinking)] }).body).toMatchObject(expected);
  });

  it("keeps what the caller says beyond the request of thinking and of the choice of tools, where that stands", () => {
    const thinking = unknown("thinking", { type: "enabled", budget_tokens: 2_000, later: 1 });
    expect(write({ reasoning: { budgetTokens: 2_000 }, unknownFields: [thinking] }).body.thinking).toEqual({ type: "enabled", budget_tokens: 2_000, later: 1 });
    expect(write({ model: "claude-sonnet-5", reasoning: { budgetTokens: 2_000 }, unknownFields: [thinking] }).body.thinking).toEqual({ type: "adaptive" });
    const choice = { tools: [{ name: "f" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "f" }, unknownFields: [unknown("tool_choice", { type: "tool", name: "f", later: 1 })] };
    expect(write(choice).body.tool_choice).toEqual({ type: "tool", name: "f", later: 1 });
    expect(write({ model: "claude-sonnet-5-5", ...choice }).body.tool_choice).toEqual({ type: "auto" });
  });

  it("keeps an effort that the contract has no word for, where the model takes one", () => {
    const asked = { reasoning: { effort: ReasoningEffort.HIGH }, unknownFields: [unknown("output_config", { effort: "max", later: 1 })] };
    expect(write({ model: "claude-sonnet-5", ...asked }).body.output_config).toEqual({ effort: "max", later: 1 });
    expect(write({ model: "claude-haiku-4-5", ...asked }).body).toMatchObject({ output_config: { later: 1 }, thinking: { type: "enabled", budget_tokens: 16_384 } });
  });

  describe("to a model that follows no schema", () => {
    const entry = { ...(models.entry("claude-haiku-4-5") as NonNullable<ReturnType<typeof models.entry>>) };
    const plain = { ...entry, description: clone(ModelDescriptionSchema, entry.description) };
    if (plain.description.capabilities !== undefined) plain.description.capabilities.structuredOutput = false;
    const responseFormat = (schema: object) => ({ format: { case: "jsonSchema" as const, value: { name: "s", schemaJson: JSON.stringify(schema), description: "d" } } });
    const schema = { type: "object", properties: { a: { type: "integer" } } };
    const ask = (init: MessageInitShape<typeof ChatRequestSchema>) => {
      const request = create(ChatRequestSchema, { model: "claude-haiku-4-5", messages: [user], responseFormat: responseFormat(schema), ...init } as MessageInitShape<typeof ChatRequestSchema>);
      const { body, adaptations, reading } = toAnthropicRequest(request, { entry: plain, strict: false, stream: false });
      return { body, reading, notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
    };
    const answerTool = { name: "answer_in_json", description: "d", input_schema: schema };

    it("asks for the answer as arguments of a tool", () => {
      expect(ask({})).toMatchObject({
        body: { tools: [answerTool], tool_choice: { type: "tool", name: "answer_in_json", disable_parallel_tool_use: true } },
        reading: { answerTool: "answer_in_json" },
        notes: ["response_format.json_schema EMULATED"],
      });
      expect(ask({}).body.output_config).toBeUndefined();
    });

    it("leaves it the choice among the caller's tools and that one, but for a tool that is forced", () => {
      expect(ask({ tools: [{ name: "f" }] }).body).toMatchObject({ tools: [{ name: "f" }, answerTool], tool_choice: { type: "any" } });
      const forced = ask({ tools: [{ name: "f" }], toolChoice: { mode: ToolChoiceMode.NAMED, name: "f" } });
      expect(forced).toMatchObject({ body: { tools: [{ name: "f" }], tool_choice: { type: "tool", name: "f" } }, reading: { answerTool: "" } });
    });

    it("does not think, and is told in words of a schema that is no object", () => {
      expect(ask({ reasoning: { effort: ReasoningEffort.LOW } }).notes).toEqual(["response_format.json_schema EMULATED", "reasoning.effort EMULATED", "reasoning DROPPED"]);
      const list = ask({ responseFormat: responseFormat({ type: "array" }) });
      expect(list.body.system).toEqual([{ type: "text", text: "Answer with JSON that follows this schema, and nothing else:\n{\"type\":\"array\"}" }]);
      expect(list.body.tools).toBeUndefined();
    });
  });

  it("refuses a conversation of which nothing can be sent, and never asks for no tokens", () => {
    const sound = { content: { case: "audio" as const, value: { source: inline([1]) } } };
    expect(() => write({ messages: [say(sound)] })).toThrow("chat.messages");
    const unbounded = clone(ModelDescriptionSchema, (models.entry("claude-haiku-4-5")?.description as never));
    unbounded.maxOutputTokens = 0;
    const entry = { description: unbounded, traits: models.entry("claude-haiku-4-5")?.traits as never };
    const request = create(ChatRequestSchema, { model: "m", messages: [user] });
    expect(toAnthropicRequest(request, { entry, strict: false, stream: false }).body.max_tokens).toBe(8_192);
  });

  it("counts tokens with what bears on the prompt alone", () => {
    const { body } = toAnthropicRequest(create(ChatRequestSchema, { model: "m", messages: [user], tools: [{ name: "f" }], temperature: 0.5, stopSequences: ["x"], endUser: "u" }), { entry: undefined, strict: false, stream: true });
    expect(Object.keys(toCountBody(body)).toSorted()).toEqual(["messages", "model", "tools"]);
  });
});
