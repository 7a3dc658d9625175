import type { Parsed } from "../parsed.ts";
import { parseChatBody } from "./chat-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

const MESSAGES = [{ role: "user", content: "hi" }];
const FUNCTION = { type: "function", function: { name: "f" } };

function refusals(body: unknown): string[] {
  const result: Parsed<unknown> = parseChatBody(body);
  const call = result.kind === "ok" ? toChatRequest(result.value as never) : result;
  return call.kind === "ok" ? [] : call.violations.map(({ field, rule }) => `${field}: ${rule}`);
}

const content = (...parts: unknown[]) => ({ model: "m", messages: [{ role: "user", content: parts }] });
const assistant = (message: object) => ({ model: "m", messages: [{ role: "assistant", ...message }] });
const withField = (field: object) => ({ model: "m", messages: MESSAGES, ...field });

describe("the body of a chat completion", () => {
  it.each([
    [undefined, ": required"],
    ["text", ": type"],
    [[], ": type"],
    [{ messages: MESSAGES }, "model: required"],
    [{ model: "", messages: MESSAGES }, "model: min"],
    [{ model: "a b", messages: MESSAGES }, "model: format"],
    [{ model: 7, messages: MESSAGES }, "model: type"],
    [{ model: "m" }, "messages: required"],
    [{ model: "m", messages: [] }, "messages: min"],
    [{ model: "m", messages: [{ content: "hi" }] }, "messages[0].role: required"],
    [{ model: "m", messages: [{ role: "wizard", content: "hi" }] }, "messages[0].role: unsupported"],
    [{ model: "m", messages: [{ role: "user" }] }, "messages[0].content: required"],
    [{ model: "m", messages: [{ role: "user", content: null }] }, "messages[0].content: type"],
    [{ model: "m", messages: [{ role: "user", content: 5 }] }, "messages[0].content: type"],
    [{ model: "m", messages: [{ role: "user", content: [] }] }, "messages[0].content: min"],
    [{ model: "m", messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id: required"],
    [content({ type: "text" }), "messages[0].content[0].text: required"],
    [content({ type: "image_url" }), "messages[0].content[0].image_url: required"],
    [{ model: "m", messages: [{ role: "system", content: [{ type: "image_url", image_url: { url: "https://x.org/a" } }] }] }, "messages[0].content[0].type: unsupported"],
    [content({ type: "text", text: "a" }, "b"), "messages[0].content[1]: type"],
    [content({ type: "image_url", image_url: { url: "gs://b/o" } }), "messages[0].content[0].image_url.url: format"],
    [
      content({ type: "image_url", image_url: { url: "data:image/png;base64,%%" } }),
      "messages[0].content[0].image_url.url: format",
    ],
    [
      content({ type: "input_audio", input_audio: { data: "*", format: "wav" } }),
      "messages[0].content[0].input_audio.data: encoding",
    ],
    [content({ type: "file", file: {} }), "messages[0].content[0].file: required"],
    [content({ type: "file", file: { file_data: "*" } }), "messages[0].content[0].file.file_data: encoding"],
    [assistant({ tool_calls: [{ id: "c", type: "function" }] }), "messages[0].tool_calls[0].function: required"],
    [
      assistant({ tool_calls: [{ id: "c", function: { name: "f" } }] }),
      "messages[0].tool_calls[0].function.arguments: required",
    ],
    [withField({ tools: [FUNCTION, { type: "function" }] }), "tools[1].function: required"],
    [withField({ tools: [FUNCTION, {}] }), "tools[1].function: required"],
    [withField({ tools: [{ type: "function", function: { name: "a b" } }] }), "tools[0].function.name: format"],
    [withField({ tool_choice: "sometimes" }), "tool_choice: unsupported"],
    [withField({ tool_choice: { type: "function" } }), "tool_choice.function: required"],
    [withField({ temperature: -0.1 }), "temperature: min"],
    [withField({ temperature: 2.1 }), "temperature: max"],
    [withField({ temperature: "hot" }), "temperature: type"],
    [withField({ temperature: Number.NaN }), "temperature: type"],
    [withField({ top_p: Number.POSITIVE_INFINITY }), "top_p: type"],
    [withField({ max_tokens: 0 }), "max_tokens: min"],
    [withField({ max_completion_tokens: -5 }), "max_completion_tokens: min"],
    [withField({ max_tokens: 1.5 }), "max_tokens: type"],
    [withField({ n: 17 }), "n: max"],
    [withField({ seed: 2 ** 60 }), "seed: max"],
    [withField({ stop: ["a", ""] }), "stop[1]: min"],
    [withField({ stream: "yes" }), "stream: type"],
    [withField({ response_format: { type: "xml" } }), "response_format.type: unsupported"],
    [withField({ response_format: { type: "json_schema" } }), "response_format.json_schema: required"],
    [withField({ fairlead: { max_price: 1 } }), "fairlead.max_price: unknown_field"],
    [withField({ fairlead: { weights: { price: 1 } } }), "fairlead.weights.price: unknown_field"],
    [withField({ fairlead: { max_cost_usd: "0.0000000001" } }), "fairlead.max_cost_usd: format"],
    [withField({ fairlead: { max_cost_usd: -1 } }), "fairlead.max_cost_usd: format"],
    [withField({ fairlead: { priority: "urgent" } }), "fairlead.priority: unsupported"],
    [withField({ fairlead: { min_quality: 1.5 } }), "fairlead.min_quality: max"],
  ])("%j is refused: %s", (body, refusal) => {
    expect(refusals(body)).toEqual([refusal]);
  });

  it("is refused for everything that is wrong with it at once", () => {
    const body = { model: "", messages: [{ role: "user" }, { role: "user", content: "x" }], temperature: 9 };
    expect(refusals(body)).toEqual(["model: min", "messages[0].content: required", "temperature: max"]);
  });

  it("takes null for what is not given", () => {
    const nulls = {
      stop: null,
      temperature: null,
      tools: null,
      tool_choice: null,
      user: null,
      stream: null,
      fairlead: null,
    };
    expect(refusals(withField(nulls))).toEqual([]);
  });

  it("is refused, not a crash, when it is nested without end", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    expect(
      refusals(withField({ tools: [{ type: "function", function: { name: "f", parameters: { deep } } }] })),
    ).toEqual([": max"]);
  });

  it("does not repeat content in a refusal", () => {
    const result = parseChatBody({
      model: "secret model",
      messages: [{ role: "secret", content: 5 }],
      tool_choice: "secret",
    });
    expect(JSON.stringify(result)).not.toContain("secret");
  });
});
