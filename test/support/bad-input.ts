import { native } from "./http.ts";

const ROUTER = "fairlead.routing.v1.RouterService";
export const CHAT = "/v1/chat/completions";
const message = { role: "user", content: "Hi." };

/** Requests that break a rule: what is wrong, where it is sent, what is sent, and the field that the refusal must name. */
export const BAD_INPUT: readonly (readonly [what: string, path: string, body: unknown, field: string])[] = [
  ["no model", CHAT, { messages: [message] }, "model"],
  ["an unknown model", CHAT, { model: "no-such-model", messages: [message] }, "model"],
  ["no messages", CHAT, { model: "auto" }, "messages"],
  ["empty messages", CHAT, { model: "auto", messages: [] }, "messages"],
  ["a wrong role", CHAT, { model: "auto", messages: [{ role: "wizard", content: "Hi." }] }, "messages"],
  ["a wrong type", CHAT, { model: "auto", messages: "Hi." }, "messages"],
  ["a temperature in words", CHAT, { model: "auto", messages: [message], temperature: "hot" }, "temperature"],
  ["a temperature out of range", CHAT, { model: "auto", messages: [message], temperature: 7 }, "temperature"],
  ["a negative limit", CHAT, { model: "auto", messages: [message], max_tokens: -5 }, "max_tokens"],
  ["a fractional limit", CHAT, { model: "auto", messages: [message], max_tokens: 1.5 }, "max_tokens"],
  ["an unknown strategy", CHAT, { model: "auto", messages: [message], fairlead: { strategy: "magic" } }, "strategy"],
  ["broken JSON", CHAT, '{"model": "auto", ', "body"],
  ["no body", CHAT, "", "body"],
  ["an array", CHAT, "[]", ""],
  ["no messages, in Anthropic's dialect", "/v1/messages", { model: "auto", max_tokens: 10 }, "messages"],
  ["no model, natively", "/api/v1/generate", { chat: { messages: [{ role: "ROLE_USER", parts: [{ text: { text: "Hi" } }] }] } }, "chat.model"],
  ["empty messages, natively", "/api/v1/generate", { chat: { model: "auto", messages: [] } }, "chat.messages"],
  ["a negative limit, natively", "/api/v1/generate", native("Hi.", { maxOutputTokens: -1 }), "max_output_tokens"],
  ["an unknown field, natively", "/api/v1/generate", { nonsense: 1 }, "nonsense"],
  ["a tenant with wildcards", "/api/v1/generate", { ...native("Hi."), context: { tenant: "a.*.>{x}" } }, "context.tenant"],
  ["empty messages, by Connect", `/${ROUTER}/Generate`, { chat: { model: "auto", messages: [] } }, "chat.messages"],
  ["broken JSON, by Connect", `/${ROUTER}/Generate`, "{", ""],
];
