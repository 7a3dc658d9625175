import type { JsonObject } from "@bufbuild/protobuf";

/** An answer as tests look at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line typescript/no-explicit-any -- bodies of many shapes, each asserted by its test
  readonly body: any;
}

/** Sends JSON and reads JSON. */
export async function send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** A chat in OpenAI's dialect. */
export function chat(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: "auto", messages: [{ role: "user", content }], ...more };
}

/** A request in the native form. */
export const native = (content: string, more: JsonObject = {}, policy: JsonObject = {}): { chat: JsonObject; policy: JsonObject } => ({
  chat: { model: "auto", messages: [{ role: "ROLE_USER", parts: [{ text: { text: content } }] }], ...more },
  policy,
});
