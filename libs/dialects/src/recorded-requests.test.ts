import { existsSync, readFileSync } from "node:fs";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GenerateRequestSchema } from "@fairlead/contracts/routing/v1/router_service";
import { parseCountBody, parseMessagesBody } from "./anthropic/messages-body.ts";
import { toChatRequest as fromMessagesBody } from "./anthropic/to-chat-request.ts";
import type { ChatCall } from "./chat-call.ts";
import { parseChatBody } from "./openai/chat-body.ts";
import { toChatRequest as fromChatBody } from "./openai/to-chat-request.ts";
import type { Parsed } from "./parsed.ts";
import { parseResponsesBody } from "./responses/responses-body.ts";
import { toChatRequest as fromResponsesBody } from "./responses/to-chat-request.ts";

interface Recorded {
  readonly id: string;
  readonly api: string;
  readonly request: { readonly body: unknown };
  readonly response: { readonly status: number };
}

const folder = new URL("../../../../shared/data/wire/", import.meta.url);
const run = existsSync(folder) ? it : it.skip;

function recorded(provider: string, api: string): Recorded[] {
  const lines = readFileSync(new URL(`${provider}.jsonl`, folder), "utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Recorded)
    .filter((record) => record.api === api);
}

function readChat(body: unknown): Parsed<ChatCall> {
  const parsed = parseChatBody(body);
  return parsed.kind === "ok" ? fromChatBody(parsed.value) : parsed;
}

function readMessages(body: unknown): Parsed<ChatCall> {
  const parsed = parseMessagesBody(body);
  return parsed.kind === "ok" ? fromMessagesBody(parsed.value) : parsed;
}

function readResponses(body: unknown): Parsed<ChatCall> {
  const parsed = parseResponsesBody(body);
  return parsed.kind === "ok" ? fromResponsesBody(parsed.value) : parsed;
}

/** The wire of the mesh takes what was read. */
function expectCarried({ chat, context, policy }: ChatCall): void {
  const request = create(GenerateRequestSchema, { chat, context, policy });
  expect(fromBinary(GenerateRequestSchema, toBinary(GenerateRequestSchema, request))).toEqual(request);
}

describe("recorded requests (skipped where the recordings are not at hand)", () => {
  const speakers = ["openai", "azure", "groq", "deepseek", "mistral", "openrouter", "ollama", "ollama_cloud", "gpustack", "cerebras", "huggingface", "perplexity", "zai"];
  run.each(speakers)("of OpenAI's dialect to %s are read", (provider) => {
    const records = recorded(provider, "chat.completions");
    expect(records.length).toBeGreaterThan(0);
    for (const { id, request, response } of records) {
      const call = readChat(request.body);
      if (call.kind === "ok") expectCarried(call.value);
      else expect({ id, status: response.status, violations: call.violations }).toMatchObject({ status: 400 });
    }
  });

  run("are refused by field where the provider refused them for their values", () => {
    const refused = recorded("openai", "chat.completions").flatMap(({ request }) => {
      const call = readChat(request.body);
      return call.kind === "ok" ? [] : [call.violations.map(({ field }) => field)];
    });
    expect(refused).toEqual([["messages[0].content", "max_tokens", "temperature"]]);
  });

  run.each(["openai", "azure", "xai", "deepseek", "openrouter"])("of the Responses API to %s are read, unless they go on from an answer that is kept elsewhere", (provider) => {
    const records = recorded(provider, "responses");
    expect(records.length).toBeGreaterThan(0);
    for (const { id, request, response } of records) {
      const call = readResponses(request.body);
      if (call.kind === "ok") expectCarried(call.value);
      else if (response.status === 200) expect({ id, violations: call.violations }).toMatchObject({ violations: [{ field: "previous_response_id" }] });
    }
  });

  run("of Anthropic's dialect are read", () => {
    const records = recorded("anthropic", "messages");
    expect(records.length).toBeGreaterThan(20);
    for (const { id, request } of records) {
      const call = readMessages(request.body);
      if (call.kind === "invalid") throw new Error(`${id}: ${JSON.stringify(call.violations)}`);
      expectCarried(call.value);
    }
  });

  run("that count a prompt in Anthropic's dialect are read", () => {
    const records = recorded("anthropic", "messages.count_tokens");
    expect(records.length).toBeGreaterThan(3);
    for (const { id, request } of records) {
      const parsed = parseCountBody(request.body);
      const call = parsed.kind === "ok" ? fromMessagesBody(parsed.value) : parsed;
      if (call.kind === "invalid") throw new Error(`${id}: ${JSON.stringify(call.violations)}`);
      expect(call.value.chat.maxOutputTokens).toBeUndefined();
      expectCarried(call.value);
    }
  });
});
