import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { decodeBytes, eventBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { PLAIN_READING } from "./from-anthropic-block.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { BLOCK_PREFIX } from "./open-block.ts";
import { createAdapterAnthropic } from "./service.ts";

type Loose = Record<string, any>;

const all = recordedAnswers("anthropic");
const answers = all.filter(({ url, body }) => /\/v1\/messages(\?|$)/.test(url) || (url === "" && /"type": ?"message(_start)?"/.test(body)));
const counts = all.filter(({ url, status }) => url.includes("/count_tokens") && status === 200);
const named = (list: typeof all) => list.map((answer) => [answer.name, answer] as const);

/** What a status means, and what the vendor's words say where they say more. */
function codeOf(status: number, body: string): string {
  if (status === 413 || /prompt is too long|exceed context limit/.test(body)) return "CONTEXT_LENGTH_EXCEEDED";
  if (/credit balance is too low/.test(body)) return "PROVIDER_QUOTA_EXHAUSTED";
  const codes: Readonly<Record<number, string>> = { 400: "INVALID_REQUEST", 401: "PROVIDER_AUTHENTICATION", 403: "PROVIDER_AUTHENTICATION", 404: "MODEL_NOT_FOUND", 429: "RATE_LIMITED", 529: "OVERLOADED" };
  return codes[status] ?? "PROVIDER_ERROR";
}

const FINISHES: Readonly<Record<string, FinishReason>> = {
  end_turn: FinishReason.STOP,
  tool_use: FinishReason.TOOL_CALLS,
  max_tokens: FinishReason.LENGTH,
  model_context_window_exceeded: FinishReason.LENGTH,
  stop_sequence: FinishReason.STOP_SEQUENCE,
  pause_turn: FinishReason.PAUSE,
  compaction: FinishReason.PAUSE,
  refusal: FinishReason.CONTENT_FILTER,
};

/** The events of a recorded stream, message by message: some recordings hold several turns. */
function turnsOf(body: string): Loose[][] {
  const events = body.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [JSON.parse(line.slice(5)) as Loose] : []));
  const turns: Loose[][] = [];
  for (const event of events) {
    const began = turns.at(-1)?.some(({ type }) => type === "message_stop") ?? true;
    if (began) turns.push([]);
    turns.at(-1)?.push(event);
  }
  return turns.filter((turn) => turn.some(({ type }) => type === "message_start"));
}

/** The message that a turn's events build, by the vendor's description of its stream. */
function messageOf(turn: readonly Loose[]): Loose {
  const message: Loose = structuredClone(turn.find(({ type }) => type === "message_start")?.["message"]);
  const json: string[] = [];
  const set = (target: Loose, more: Loose) => Object.entries(more).forEach(([name, value]) => value !== null && (target[name] = value));
  for (const { type, index, content_block: block, delta, usage, context_management: management } of turn) {
    if (type === "content_block_start") message["content"][index] = structuredClone(block);
    const content = message["content"][index];
    if (delta?.type === "text_delta") content.text += delta.text;
    if (delta?.type === "thinking_delta") content.thinking += delta.thinking;
    if (delta?.type === "signature_delta") content.signature += delta.signature;
    if (delta?.type === "citations_delta") content.citations = [...(content.citations ?? []), delta.citation];
    if (delta?.type === "compaction_delta") content.content = delta.content;
    if (delta?.type === "input_json_delta") json[index] = (json[index] ?? "") + delta.partial_json;
    if (type === "content_block_stop" && json[index]) content.input = JSON.parse(json[index]);
    if (type === "message_delta") {
      set(message, delta);
      set(message["usage"], usage);
      if (management) message["context_management"] = management;
    }
  }
  return message;
}

function holdAgainst(plain: ReturnType<typeof plainAnswer>, message: Loose): void {
  const { usage, content } = message;
  const choice = plain.choices[0];
  expect(plain.usage).toMatchObject({ inputTokens: usage.input_tokens, cacheReadTokens: usage.cache_read_input_tokens ?? 0, cacheWriteTokens: usage.cache_creation_input_tokens ?? 0 });
  expect((plain.usage?.outputTokens ?? 0) + (plain.usage?.reasoningTokens ?? 0)).toBe(usage.output_tokens);
  expect([choice?.raw, choice?.finish]).toEqual([message["stop_reason"], FinishReason[FINISHES[message["stop_reason"]] ?? FinishReason.OTHER]]);
  const parts = choice?.parts ?? [];
  const texts = (kind: string, key: string) => parts.filter((part) => part.kind === kind).map((part) => part[key]);
  const blocks = (type: string) => content.filter((block: Loose) => block["type"] === type);
  expect(texts("text", "text").join("")).toBe(blocks("text").map(({ text }: Loose) => text).join(""));
  expect(texts("reasoning", "text").join("")).toBe(blocks("thinking").map(({ thinking }: Loose) => thinking).join(""));
  expect(texts("reasoning", "signature").join("")).toBe([...blocks("thinking"), ...blocks("redacted_thinking")].map((block: Loose) => block["signature"] ?? block["data"]).join(""));
  expect(parts.filter(({ kind }) => kind === "toolCall").map((part) => [part["id"], part["name"], part["arguments"]])).toEqual(blocks("tool_use").map(({ id, name, input }: Loose) => [id, name, input]));
  const known = ["text", "thinking", "redacted_thinking", "tool_use"];
  expect(texts("foreign", "value")).toEqual(content.filter((block: Loose) => !known.includes(block["type"])));
  const cited = parts.flatMap(({ extras }) => (extras["citations"] as unknown[] | undefined) ?? []);
  expect(cited).toEqual(blocks("text").flatMap(({ citations }: Loose) => citations ?? []));
}

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of anthropic", () => {
  it.each(named(answers))("goes through whole and in single bytes alike: %s", async (_name, answer) => {
    await using server = await serveFixtures();
    const adapter = createAdapterAnthropic(testConfig(server.url), testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, "claude-haiku-4-5", answer);
      expect("error" in whole ? whole.error : "answered").toBe(answer.status === 200 ? "answered" : codeOf(answer.status, answer.body));
      expect(await replay(server, client, "claude-haiku-4-5", answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });

  it.each(named(answers.filter(({ streamed, status }) => !streamed && status === 200)))("comes out as it was recorded: %s", (_name, { body }) => {
    const message = JSON.parse(body) as Loose;
    holdAgainst(plainAnswer(fromAnthropicResponse(message, [], PLAIN_READING, 0)), message);
  });

  it.each(named(answers.filter(({ streamed }) => streamed)))("comes out as the same message unstreamed would, and as it was recorded: %s", (_name, { body }) => {
    for (const turn of turnsOf(body)) {
      const message = messageOf(turn);
      const streamed = gatherAnswer(decodeBytes(createAnthropicStream(PLAIN_READING, () => 0), eventBytes(turn)), BLOCK_PREFIX);
      expect(streamed).toEqual(plainAnswer(fromAnthropicResponse(message, [], PLAIN_READING, 0)));
      holdAgainst(streamed, message);
    }
  });

  it.each(named(counts))("counts as it was recorded: %s", async (_name, { body }) => {
    await using server = await serveFixtures({ body });
    const adapter = createAdapterAnthropic(testConfig(server.url), testDependencies());
    const chat = { model: "claude-haiku-4-5", messages: [{ role: 3, parts: [{ content: { case: "text" as const, value: { text: "x" } } }] }] };
    const counted = await adapterClient(adapter).countTokens({ chat });
    expect(counted).toMatchObject({ inputTokens: (JSON.parse(body) as Loose)["input_tokens"], estimated: false });
    await adapter.close();
  });
});
