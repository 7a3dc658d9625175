import { toJson } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { create } from "@bufbuild/protobuf";
import { GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { writeKeptAnswerId } from "./answer-id.ts";
import { fromChatResponse } from "./from-chat-response.ts";
import { parseResponsesBody } from "./responses-body.ts";
import { type ResponsesCall, toChatRequest } from "./to-chat-request.ts";

function read(body: object) {
  const parsed = parseResponsesBody(body);
  return parsed.kind === "ok" ? toChatRequest(parsed.value) : parsed;
}

function convert(body: object): ResponsesCall {
  const call = read({ model: "m", ...body });
  if (call.kind === "invalid") throw new Error(JSON.stringify(call.violations));
  return call.value;
}

const chatOf = (body: object) => toJson(ChatRequestSchema, convert(body).chat) as Record<string, unknown>;
const messagesOf = (...input: object[]) => chatOf({ input })["messages"];
const base64 = (text: string) => Buffer.from(text).toString("base64");
const unknown = (name: string, value: unknown) => ({ dialect: "openai.responses", name, value });

describe("a Responses body", () => {
  it("becomes a chat request with everything that it says", () => {
    const chat = chatOf({
      model: "openai/gpt-x",
      instructions: "Be brief.",
      input: "Hi.",
      tools: [
        { type: "function", name: "f", description: "does f", parameters: { type: "object" }, strict: true },
        { type: "function", name: "g", description: null, parameters: null, strict: null },
      ],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
      text: { format: { type: "json_schema", name: "s", schema: { type: "object" }, strict: true } },
      reasoning: { effort: "low", summary: "auto" },
      max_output_tokens: 20,
      temperature: 0.5,
      top_p: 0.25,
      user: "user-1",
      metadata: { a: "b" },
      truncation: "disabled",
      store: false,
      include: ["reasoning.encrypted_content"],
      background: false,
      conversation: null,
      previous_response_id: null,
      service_tier: null,
      stream_options: { include_obfuscation: false },
      prompt_cache_key: "k",
    });
    expect(chat).toEqual({
      model: "openai/gpt-x",
      messages: [
        { role: "ROLE_SYSTEM", parts: [{ text: { text: "Be brief." } }] },
        { role: "ROLE_USER", parts: [{ text: { text: "Hi." } }] },
      ],
      tools: [{ name: "f", description: "does f", parametersJson: '{"type":"object"}', strict: true }, { name: "g" }],
      toolChoice: { mode: "TOOL_CHOICE_MODE_NAMED", name: "f", parallel: false },
      responseFormat: { jsonSchema: { name: "s", schemaJson: '{"type":"object"}', strict: true } },
      reasoning: { effort: "REASONING_EFFORT_LOW", includeText: true },
      maxOutputTokens: 20,
      temperature: 0.5,
      topP: 0.25,
      endUser: "user-1",
      unknownFields: [unknown("metadata", { a: "b" }), unknown("prompt_cache_key", "k")],
    });
  });

  it("keeps every kind of content", () => {
    const content = [
      { type: "input_text", text: "look", prompt_cache_breakpoint: { mode: "explicit" } },
      { type: "input_image", image_url: "https://x.org/a.png", detail: "high" },
      { type: "input_image", image_url: `data:image/png;base64,${base64("png")}`, detail: "original" },
      { type: "input_image", file_id: "file-1", detail: "auto" },
      { type: "input_file", file_data: `data:application/pdf;base64,${base64("pdf")}`, filename: "a.pdf" },
      { type: "input_file", file_data: base64("raw") },
      { type: "input_file", file_url: "https://x.org/a.pdf" },
      { type: "input_file", file_id: "file-2" },
      { type: "input_audio", input_audio: { data: base64("snd"), format: "mp3" } },
      { type: "computer_screenshot", image_url: "https://x.org/s.png" },
    ];
    expect(messagesOf({ role: "user", content })).toEqual([
      {
        role: "ROLE_USER",
        parts: [
          { text: { text: "look" }, extraFields: [unknown("prompt_cache_breakpoint", { mode: "explicit" })] },
          { image: { source: { url: "https://x.org/a.png" }, detail: "IMAGE_DETAIL_HIGH" } },
          { image: { source: { inline: base64("png"), mimeType: "image/png" } }, extraFields: [unknown("detail", "original")] },
          { image: { source: { fileId: "file-1", dialect: "openai.chat" }, detail: "IMAGE_DETAIL_AUTO" } },
          { file: { source: { inline: base64("pdf"), mimeType: "application/pdf" }, filename: "a.pdf" } },
          { file: { source: { inline: base64("raw") } } },
          { file: { source: { url: "https://x.org/a.pdf" } } },
          { file: { source: { fileId: "file-2", dialect: "openai.chat" } } },
          { audio: { source: { inline: base64("snd"), mimeType: "audio/mpeg" } } },
          { foreign: { dialect: "openai.responses", value: { type: "computer_screenshot", image_url: "https://x.org/s.png" } } },
        ],
      },
    ]);
  });

  it("makes one turn of what a model made in a row, and a turn of each result", () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed" };
    const annotations = [{ type: "file_path", file_id: "f", index: 0 }];
    const messages = messagesOf(
      { type: "message", role: "developer", content: [{ type: "input_text", text: "a" }] },
      { role: "user", content: "Weather?" },
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }, { type: "summary_text", text: "so" }], encrypted_content: "gAAA" },
      { ...search },
      { type: "message", id: "msg_1", role: "assistant", status: "completed", phase: "commentary", content: [{ type: "output_text", text: "Let me look.", annotations, logprobs: [] }] },
      { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}", status: "completed", namespace: "n" },
      { type: "function_call", call_id: "c2", name: "g", arguments: "" },
      { type: "function_call_output", call_id: "c1", output: "42" },
      { type: "function_call_output", call_id: "c2", output: [{ type: "input_image", image_url: "https://x.org/a.png" }] },
      { role: "assistant", content: "" },
    );
    expect(messages).toEqual([
      { role: "ROLE_DEVELOPER", parts: [{ text: { text: "a" } }] },
      { role: "ROLE_USER", parts: [{ text: { text: "Weather?" } }] },
      {
        role: "ROLE_ASSISTANT",
        parts: [
          { reasoning: { text: "hm\n\nso", signature: base64("gAAA"), provider: "openai", id: "rs_1" } },
          { foreign: { dialect: "openai.responses", value: search } },
          { text: { text: "Let me look." }, extraFields: [unknown("annotations", annotations), unknown("message.phase", "commentary")] },
          { toolCall: { id: "c1", name: "f", argumentsJson: "{}" }, extraFields: [unknown("namespace", "n")] },
          { toolCall: { id: "c2", name: "g" } },
        ],
      },
      { role: "ROLE_TOOL", parts: [{ toolResult: { toolCallId: "c1", content: [{ text: { text: "42" } }] } }] },
      { role: "ROLE_TOOL", parts: [{ toolResult: { toolCallId: "c2", content: [{ image: { source: { url: "https://x.org/a.png" } } }] } }] },
      { role: "ROLE_ASSISTANT" },
    ]);
  });

  it("keeps reasoning with who sealed it; what is neither sealed nor kept is nobody's", () => {
    const messages = messagesOf(
      { type: "reasoning", id: "rs_fairlead_r_0", summary: [], encrypted_content: "fairlead:anthropic:Sig==" },
      { type: "reasoning", id: "rs_fairlead_r_1", summary: [], encrypted_content: "fairlead:openai@eu:gAAA" },
      { type: "reasoning", id: "abc", summary: [], content: [{ type: "reasoning_text", text: "bare" }], encrypted_content: null },
      { type: "reasoning", summary: [{ type: "summary_text", text: "nobody's" }] },
    );
    expect(messages).toEqual([
      {
        role: "ROLE_ASSISTANT",
        parts: [
          { reasoning: { signature: base64("Sig=="), provider: "anthropic" } },
          { reasoning: { signature: base64("gAAA"), provider: "openai", deployment: "eu" } },
          { reasoning: { text: "bare", provider: "openai", id: "abc" }, extraFields: [unknown("content", [{ type: "reasoning_text", text: "bare" }])] },
          { reasoning: { text: "nobody's" } },
        ],
      },
    ]);
  });

  it("keeps whole, among the unknown fields, what says more than the contract can", () => {
    const tools = [{ type: "function", name: "f", parameters: {}, strict: false }, { type: "web_search" }];
    const body = {
      input: "Hi.",
      tools,
      tool_choice: { type: "web_search_preview" },
      reasoning: { effort: "xhigh", summary: "detailed" },
      text: { format: { type: "text" }, verbosity: "low" },
      include: ["reasoning.encrypted_content", "web_search_call.results"],
      truncation: "auto",
      store: true,
      safety_identifier: "s",
      user: "u",
    };
    expect(chatOf(body)).toMatchObject({
      tools: [{ name: "f" }],
      endUser: "s",
      reasoning: { effort: "REASONING_EFFORT_HIGH", includeText: true },
      unknownFields: ["tools", "tool_choice", "text", "reasoning", "store", "truncation", "include", "user"].map((name) => unknown(name, body[name as "tools"])),
    });
  });

  it("leaves out functions that the choice does not allow", () => {
    const functions = ["f", "g"].map((name) => ({ type: "function", name, parameters: {}, strict: false }));
    const allowed = { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "g" }] };
    const chat = chatOf({ input: "Hi.", tools: functions, tool_choice: allowed });
    expect(chat).toMatchObject({ tools: [{ name: "g" }], toolChoice: { mode: "TOOL_CHOICE_MODE_REQUIRED" } });
    expect(chat).not.toHaveProperty("unknownFields");
    const hosted = { ...allowed, tools: [{ type: "web_search" }] };
    expect(chatOf({ input: "Hi.", tools: functions, tool_choice: hosted })).toMatchObject({ tools: [{}, {}], unknownFields: [unknown("tool_choice", hosted)] });
  });

  it("goes on from an answer that a provider keeps, and from no other", () => {
    const kept = { provider: "openai", deployment: "eu", id: "resp_1" };
    const reference = { type: "item_reference", id: "msg_1" };
    const chat = chatOf({ input: [reference, { role: "user", content: "And now?" }], previous_response_id: writeKeptAnswerId(kept) });
    expect(chat).toMatchObject({
      previousAnswer: kept,
      messages: [{ role: "ROLE_ASSISTANT", parts: [{ foreign: { dialect: "openai.responses", value: reference } }] }, { role: "ROLE_USER" }],
    });
    expect(read({ model: "m", input: "Hi.", previous_response_id: "resp_1" })).toMatchObject({
      kind: "invalid",
      violations: [{ field: "previous_response_id", rule: "unsupported", description: expect.stringContaining("whole conversation") }],
    });
  });

  it("takes what an item's own id holds for the item", () => {
    const parts = [
      { content: { case: "reasoning" as const, value: { text: "hm", signature: new TextEncoder().encode("Sig=="), provider: "anthropic" } } },
      { content: { case: "text" as const, value: { text: "Hi." } } },
    ];
    const answer = create(GenerateResponseSchema, { chat: { choices: [{ parts }] } });
    const items = fromChatResponse(answer, { id: "r.1", created: 1, model: "m" }, convert({ input: "Hi." })).output;
    const references = items.map(({ id }) => ({ type: "item_reference", id }));
    expect(messagesOf(...references)).toEqual(messagesOf(...items));
    expect(messagesOf(...references)).toMatchObject([{ parts: [{ reasoning: { provider: "anthropic" } }, { text: { text: "Hi." } }] }]);
  });

  it("does without reasoning that is only referred to, and says so; anything else has to be sent", () => {
    const body = { input: [{ role: "user", content: "Hi." }, { type: "item_reference", id: "rs_1" }] };
    expect(chatOf(body)["unknownFields"]).toEqual([{ dialect: "openai.responses.nested", name: "input", value: { "[1]": { type: "item_reference" } } }]);
    expect(read({ model: "m", input: [{ id: "msg_1" }] })).toMatchObject({ kind: "invalid", violations: [{ field: "input[0]", rule: "unsupported" }] });
  });

  it.each([
    [{}, "input: required"],
    [{ input: [] }, "input: min"],
    [{ input: 5 }, "input: type"],
    [{ input: ["a"] }, "input[0]: type"],
    [{ input: [{ role: "wizard", content: "a" }] }, "input[0].role: unsupported"],
    [{ input: [{ role: "user" }] }, "input[0].content: required"],
    [{ input: [{ role: "user", content: [] }] }, "input[0].content: min"],
    [{ input: [{ role: "user", content: [{ type: "input_text" }] }] }, "input[0].content[0].text: required"],
    [{ input: [{ role: "user", content: [{ type: "input_image" }] }] }, "input[0].content[0]: required"],
    [{ input: [{ role: "user", content: [{ type: "input_image", image_url: "gs://b/o" }] }] }, "input[0].content[0].image_url: format"],
    [{ input: [{ role: "user", content: [{ type: "input_file", file_data: "*" }] }] }, "input[0].content[0].file_data: encoding"],
    [{ input: [{ type: "function_call", call_id: "c", arguments: "" }] }, "input[0].name: required"],
    [{ input: [{ type: "function_call_output", output: "" }] }, "input[0].call_id: required"],
    [{ input: "a", background: true }, "background: unsupported"],
    [{ input: "a", conversation: "conv_1" }, "conversation: unsupported"],
    [{ input: "a", prompt: { id: "pmpt_1" } }, "prompt: unsupported"],
    [{ input: "a", temperature: 3 }, "temperature: max"],
    [{ input: "a", tools: [{ type: "function", parameters: {} }] }, "tools[0].name: required"],
    [{ input: "a", tool_choice: "sometimes" }, "tool_choice: unsupported"],
    [{ input: "a", text: { format: { type: "json_schema", name: "n" } } }, "text.format.schema: required"],
    [{ input: "a", fairlead: { max_price: 1 } }, "fairlead.max_price: unknown_field"],
  ])("%j is refused: %s", (body, refusal) => {
    const call = read({ model: "m", ...body });
    expect(call.kind === "ok" ? [] : call.violations.map(({ field, rule }) => `${field}: ${rule}`)).toEqual([refusal]);
  });

  it("is refused, not a crash, when it is nested without end", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    for (const body of [{ input: "a", deep }, { input: [{ type: "shell_call", deep }] }, { input: "a", tools: [{ type: "function", name: "f", parameters: { deep } }] }]) {
      expect(read({ model: "m", ...body })).toMatchObject({ kind: "invalid", violations: [{ rule: "max" }] });
    }
  });
});
