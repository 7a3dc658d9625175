import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ChatRequestSchema, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Flavor, OPENAI_FLAVOR } from "../flavor.ts";
import { modelTraits } from "../traits.ts";
import { toChatBody } from "./to-chat-body.ts";

type Init = MessageInitShape<typeof ChatRequestSchema>;

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const text = (value: string, more: object = {}) => ({ content: { case: "text" as const, value: { text: value } }, ...more });
const said = (value: string) => ({ kind: { case: "stringValue" as const, value } });
const user = { role: Role.USER, parts: [text("hi")] };

/** A server that takes as little as any. */
const SPARE: Flavor = {
  ...OPENAI_FLAVOR,
  name: "Spare",
  provider: "spare",
  maxTokensField: "max_tokens",
  developerRole: "system",
  requiredToolChoice: "any",
  parallelToolCalls: false,
  strictTools: false,
  responseFormat: "json_object",
  sampling: new Set(["temperature", "top_k"]),
  maxTemperature: 1,
  seedField: "random_seed",
  maxStops: 1,
  manyChoices: false,
  streamUsage: false,
  endUserField: undefined,
  reasoningControl: "none",
  media: new Set(),
  cacheMarkers: undefined,
};

function write(flavor: Flavor, init: Init, settings: { strict?: boolean; stream?: boolean; traits?: object } = {}) {
  const request = create(ChatRequestSchema, { model: "m", messages: [user], ...init });
  const { strict = false, stream = false, traits } = settings;
  const { body, adaptations } = toChatBody(request, { flavor, strict, stream, deployment: "d", traits: traits && modelTraits.parse(traits) });
  return { body: JSON.parse(JSON.stringify(body)), notes: adaptations.map(({ field, kind }) => `${field} ${AdaptationKind[kind]}`) };
}

describe("a body of chat completions", () => {
  it("says the same in the words that its server takes, and what it cannot say", () => {
    const schemaJson = '{"type":"object"}';
    const { body, notes } = write(
      SPARE,
      {
        messages: [{ role: Role.DEVELOPER, parts: [text("Be brief.")] }, user],
        tools: [{ name: "f", strict: true }],
        toolChoice: { mode: ToolChoiceMode.REQUIRED, parallel: false },
        maxOutputTokens: 9,
        temperature: 1.5,
        topP: 0.5,
        topK: 3,
        seed: 7n,
        candidateCount: 2,
        stopSequences: ["a", "b"],
        endUser: "u",
        reasoning: { effort: ReasoningEffort.LOW },
        responseFormat: { format: { case: "jsonSchema", value: { name: "n", schemaJson, strict: true } } },
      },
      { stream: true },
    );
    expect(body).toEqual({
      model: "m",
      messages: [
        { role: "system", content: `Be brief.\n\nAnswer with one JSON value, without a word around it, that follows this JSON schema: ${schemaJson}` },
        { role: "user", content: "hi" },
      ],
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "any",
      max_tokens: 9,
      temperature: 1,
      top_k: 3,
      random_seed: 7,
      stop: ["a"],
      response_format: { type: "json_object" },
      stream: true,
    });
    expect(notes).toEqual([
      "reasoning DROPPED",
      "response_format.json_schema EMULATED",
      "tools[0].strict DROPPED",
      "tool_choice.parallel DROPPED",
      "candidate_count DROPPED",
      "stop_sequences CLAMPED",
      "temperature CLAMPED",
      "top_p DROPPED",
      "end_user DROPPED",
    ]);
  });

  it("names the server in what it explains", () => {
    expect(() => write(SPARE, { topP: 0.5 }, { strict: true })).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, message: expect.stringContaining("Spare") }));
  });

  it("asks for a form in words before all else where there are no instructions to add them to", () => {
    const { body } = write({ ...SPARE, responseFormat: "none" }, { responseFormat: { format: { case: "jsonObject", value: {} } } });
    expect(body).toEqual({ model: "m", messages: [{ role: "system", content: "Answer with one JSON object, without a word around it." }, { role: "user", content: "hi" }] });
  });

  it.each([
    ["effort", {}, { reasoning_effort: "low" }],
    ["effort_object", {}, { reasoning: { effort: "low" } }],
    ["effort_object", { effort: ReasoningEffort.UNSPECIFIED, budgetTokens: 900 }, { reasoning: { max_tokens: 900 } }],
    ["thinking_switch", {}, { thinking: { type: "enabled" } }],
    ["thinking_switch", { effort: ReasoningEffort.NONE }, { thinking: { type: "disabled" } }],
    ["none", {}, {}],
  ] as const)("controls reasoning by %s %j", (reasoningControl, control, fields) => {
    const { body } = write({ ...SPARE, reasoningControl }, { reasoning: { effort: ReasoningEffort.LOW, ...control } });
    expect(body).toEqual({ model: "m", messages: [{ role: "user", content: "hi" }], ...fields });
  });

  describe("gives reasoning back", () => {
    const reasoning = (provider: string, more: object = {}) => ({ content: { case: "reasoning" as const, value: { text: "t", provider, ...more } } });
    const turn = (...parts: object[]): Init => ({ messages: [user, { role: Role.ASSISTANT, parts: parts as never }, user] });
    const details = [{ type: "reasoning.text", text: "t", signature: "s" }];

    it.each([
      ["reasoning_content", {}, { content: "b", reasoning_content: "t" }],
      ["reasoning", {}, { content: "b", reasoning: "t" }],
      ["reasoning_details", {}, { content: "b", reasoning_details: [{ type: "reasoning.text", text: "t" }] }],
      ["reasoning_details", { signature: new TextEncoder().encode(JSON.stringify(details)) }, { content: "b", reasoning_details: details }],
      ["thinking", {}, { content: [{ type: "thinking", thinking: [{ type: "text", text: "t" }] }, { type: "text", text: "b" }] }],
    ] as const)("as %s", (reasoningBack, more, message) => {
      const { body, notes } = write({ ...SPARE, reasoningBack }, turn(reasoning("spare", more), text("b")));
      expect(body.messages[1]).toEqual({ role: "assistant", ...message });
      expect(notes).toEqual([]);
    });

    it("to nobody but who made it", () => {
      const flavor: Flavor = { ...SPARE, reasoningBack: "reasoning_content" };
      const { body, notes } = write(flavor, turn(reasoning("other"), reasoning("spare", { deployment: "e" }), reasoning(""), text("b")));
      expect(body.messages[1]).toEqual({ role: "assistant", content: "b" });
      expect(notes).toEqual([0, 1, 2].map((part) => `messages[1].parts[${part}].reasoning DROPPED`));
    });
  });

  it("marks what is to be cached as its server understands it", () => {
    const marked = { messages: [{ role: Role.USER, parts: [text("a", { cacheMarker: { ttlSeconds: 3_600 } })] }], tools: [{ name: "f", cacheMarker: {} }] };
    const anthropic = write({ ...SPARE, cacheMarkers: "cache_control" }, marked);
    expect(anthropic.body.messages[0].content).toEqual([{ type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } }]);
    expect(anthropic.body.tools[0].cache_control).toEqual({ type: "ephemeral" });
    const openai = write(OPENAI_FLAVOR, marked, { traits: { cache_breakpoints: true } });
    expect(openai.body.messages[0].content).toEqual([{ type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } }]);
    expect(openai.notes).toEqual(["tools[0].cache_marker EMULATED"]);
    expect(write(OPENAI_FLAVOR, marked).notes).toEqual(["messages[0].parts[0].cache_marker EMULATED", "tools[0].cache_marker EMULATED"]);
  });

  it("has pictures that tools gave back follow their results as the user's", () => {
    const image = { content: { case: "image" as const, value: { source: { location: { case: "inline" as const, value: PNG }, mimeType: "" } } } };
    const call = (id: string) => ({ content: { case: "toolCall" as const, value: { id, name: "f", argumentsJson: "{}" } } });
    const result = (toolCallId: string, ...content: object[]) => ({ role: Role.TOOL, parts: [{ content: { case: "toolResult" as const, value: { toolCallId, content: content as never } } }] });
    const { body, notes } = write(OPENAI_FLAVOR, { messages: [user, { role: Role.ASSISTANT, parts: [call("1"), call("2")] }, result("1", text("r"), image), result("2", text("s")), user] });
    expect(body.messages.slice(2)).toEqual([
      { role: "tool", tool_call_id: "1", content: "r" },
      { role: "tool", tool_call_id: "2", content: "s" },
      { role: "user", content: [{ type: "text", text: "From the result of the tool call 1:" }, { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw==" } }] },
      { role: "user", content: "hi" },
    ]);
    expect(notes).toEqual(["messages[2].parts[0].tool_result.content[1] EMULATED"]);
  });

  it("refers to what a model said by its id, else by its words", () => {
    const spoken = (transcript: string, ...extraFields: object[]) => ({ content: { case: "audio" as const, value: { source: { location: { case: "inline" as const, value: PNG }, mimeType: "" }, transcript } }, extraFields: extraFields as never });
    const id = { dialect: "openai.chat", name: "id", value: said("audio_1") };
    const { body, notes } = write(OPENAI_FLAVOR, { messages: [user, { role: Role.ASSISTANT, parts: [spoken("a", id)] }, user, { role: Role.ASSISTANT, parts: [spoken("b")] }, user] });
    expect(body.messages[1]).toEqual({ role: "assistant", content: null, audio: { id: "audio_1" } });
    expect(body.messages[3]).toEqual({ role: "assistant", content: "b" });
    expect(notes).toEqual(["messages[3].parts[0].audio EMULATED"]);
  });

  it("carries blocks and fields of its own dialect as they are, and tells of others", () => {
    const foreign = (dialect: string) => ({ content: { case: "foreign" as const, value: { dialect, value: { kind: { case: "structValue" as const, value: { fields: { type: said("video_url") } } } } } } });
    const field = (dialect: string, name: string) => ({ dialect, name, value: said("v") });
    const { body, notes } = write(OPENAI_FLAVOR, {
      messages: [{ role: Role.USER, parts: [text("a", { extraFields: [field("openai.chat", "x"), field("anthropic.messages", "y")] }), foreign("openai.chat"), foreign("google.content")] }],
      tools: [{ name: "f" }],
      unknownFields: [field("openai.chat", "tools"), field("openai.chat", "messages"), field("openai.responses", "store")],
    });
    expect(body.messages[0].content).toEqual([{ type: "text", text: "a", x: "v" }, { type: "video_url" }]);
    expect(body.tools).toBe("v");
    expect(notes).toEqual(["messages[0].parts[0].extra_fields[1] DROPPED", "messages[0].parts[2].foreign DROPPED", "unknown_fields[1] DROPPED", "unknown_fields[2] DROPPED"]);
  });

  it("lets a server have the last word on its body", () => {
    expect(write({ ...SPARE, finish: ({ model, ...body }) => ({ ...body, deployment: model }) }, {}).body).toEqual({ messages: [{ role: "user", content: "hi" }], deployment: "m" });
  });
});
