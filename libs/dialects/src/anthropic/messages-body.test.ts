import type { Parsed } from "../parsed.ts";
import { parseCountBody, parseMessagesBody } from "./messages-body.ts";
import { toChatRequest } from "./to-chat-request.ts";

function refusals(body: unknown): string[] {
  const result: Parsed<unknown> = parseMessagesBody(body);
  const call = result.kind === "ok" ? toChatRequest(result.value as never) : result;
  return call.kind === "ok" ? [] : call.violations.map(({ field, rule }) => `${field}: ${rule}`);
}

const MESSAGES = [{ role: "user", content: "hi" }];
const withField = (field: object) => ({ model: "m", max_tokens: 5, messages: MESSAGES, ...field });
const user = (...content: unknown[]) => withField({ messages: [{ role: "user", content }] });

describe("the body of a Messages request", () => {
  it.each([
    [{ max_tokens: 5, messages: MESSAGES }, "model: required"],
    [{ model: "m", messages: MESSAGES }, "max_tokens: required"],
    [withField({ max_tokens: 0 }), "max_tokens: min"],
    [withField({ messages: [] }), "messages: min"],
    [withField({ messages: [{ role: "tool", content: "x" }] }), "messages[0].role: unsupported"],
    [withField({ messages: [{ role: "user" }] }), "messages[0].content: required"],
    [withField({ messages: [{ role: "assistant", content: 5 }] }), "messages[0].content: type"],
    [user(), "messages[0].content: min"],
    [user({ type: "text" }), "messages[0].content[0].text: required"],
    [user({ text: "x" }), "messages[0].content[0].type: required"],
    [user({ type: "tool_use", id: "a", name: "f", input: {} }), "messages[0].content[0].type: unsupported"],
    [
      user({ type: "image", source: { type: "base64", data: "aGk=" } }),
      "messages[0].content[0].source.media_type: required",
    ],
    [
      user({ type: "image", source: { type: "base64", media_type: "image/png", data: "*" } }),
      "messages[0].content[0].source.data: encoding",
    ],
    [
      user({ type: "image", source: { type: "url", url: "file:///etc/passwd" } }),
      "messages[0].content[0].source.url: format",
    ],
    [user({ type: "document", source: { data: "x" } }), "messages[0].content[0].source.type: required"],
    [user({ type: "image", source: { type: "text", data: "x" } }), "messages[0].content[0].source.type: unsupported"],
    [user({ type: "tool_result" }), "messages[0].content[0].tool_use_id: required"],
    [
      user({ type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "soon" } }),
      "messages[0].content[0].cache_control.ttl: format",
    ],
    [withField({ system: [{ type: "image" }] }), "system[0].type: unsupported"],
    [withField({ temperature: 1.1 }), "temperature: max"],
    [withField({ temperature: Number.NaN }), "temperature: type"],
    [withField({ top_k: -1 }), "top_k: min"],
    [withField({ stop_sequences: "END" }), "stop_sequences: type"],
    [withField({ tools: [{ name: "f" }] }), "tools[0].input_schema: required"],
    [withField({ tool_choice: { type: "tool" } }), "tool_choice.name: required"],
    [withField({ tool_choice: { type: "maybe" } }), "tool_choice.type: unsupported"],
    [withField({ thinking: { type: "enabled" } }), "thinking.budget_tokens: required"],
    [withField({ fairlead: { wieghts: {} } }), "fairlead.wieghts: unknown_field"],
  ])("%j is refused: %s", (body, refusal) => {
    expect(refusals(body)).toContain(refusal);
  });

  it("needs no bound of an answer where its prompt is only counted", () => {
    const body = { model: "m", messages: MESSAGES };
    expect(parseCountBody(body)).toEqual({ kind: "ok", value: body });
    expect(parseCountBody({ ...body, max_tokens: 5 })).toMatchObject({ kind: "ok" });
    expect(parseCountBody({ ...body, max_tokens: 0 })).toMatchObject({ violations: [{ field: "max_tokens", rule: "min" }] });
    expect(parseCountBody({ model: "m" })).toMatchObject({ violations: [{ field: "messages", rule: "required" }] });
  });
});
