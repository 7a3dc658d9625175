import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { decodeBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { gatherAnswer, type PlainAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream, PART_PREFIX } from "./from-google-stream.ts";
import { createAdapterGoogle } from "./service.ts";

type Loose = Record<string, any>;

const recorded = [...recordedAnswers("google"), ...recordedAnswers("vertex")];
const answers = recorded.filter(({ url, body }) => /enerateContent(\?|$)/.test(url) || (url === "" && body.includes('"candidates"')));
const answered = answers.filter(({ status }) => status === 200);
const named = (list: typeof answers) => list.map((answer) => [answer.name, answer] as const);

/** What a status means, and what the vendor's words say where they say more. */
function codeOf(status: number, body: string): string {
  if (/API key (not valid|expired)/.test(body)) return "PROVIDER_AUTHENTICATION";
  if (/input token count .* exceeds/i.test(body)) return "CONTEXT_LENGTH_EXCEEDED";
  const codes: Readonly<Record<number, string>> = { 400: "INVALID_REQUEST", 401: "PROVIDER_AUTHENTICATION", 403: "PROVIDER_AUTHENTICATION", 404: "MODEL_NOT_FOUND", 429: "RATE_LIMITED", 503: "OVERLOADED", 504: "TIMEOUT" };
  return codes[status] ?? "PROVIDER_ERROR";
}

const eventsOf = (body: string) => body.split(/\r?\n/).flatMap((line) => (line.startsWith("data:") ? [JSON.parse(line.slice(5)) as Loose] : []));

const WITHHELD = ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"];
const FINISHES: Readonly<Record<string, string>> = { STOP: "STOP", MAX_TOKENS: "LENGTH", ...Object.fromEntries(WITHHELD.map((reason) => [reason, "CONTENT_FILTER"])) };

/** Holds an answer against the parts and counts that were recorded. */
function holdAgainst(plain: PlainAnswer, events: readonly Loose[]): void {
  const candidates = (events.flatMap((event) => event["candidates"] ?? []) as Loose[]).filter(({ index = 0 }) => index === 0);
  const parts = candidates.flatMap(({ content }) => content?.parts ?? []) as Loose[];
  const choice = plain.choices[0];
  const said = (kind: string, key: string) => (choice?.parts ?? []).filter((part) => part.kind === kind).map((part) => part[key]);
  const isCall = (part: Loose) => part["functionCall"]?.name !== undefined;
  const known = (part: Loose) => "text" in part || "functionCall" in part || "inlineData" in part || "fileData" in part || Object.keys(part).every((key) => key === "thoughtSignature");
  expect(said("text", "text").join("")).toBe(parts.filter(({ thought }) => thought !== true).map(({ text }) => text ?? "").join(""));
  expect(said("reasoning", "text").join("")).toBe(parts.filter(({ thought }) => thought === true).map(({ text }) => text ?? "").join(""));
  expect(said("toolCall", "name")).toEqual(parts.filter(isCall).map(({ functionCall }) => functionCall.name));
  expect(said("foreign", "value")).toEqual(parts.filter((part) => !known(part)));
  const signatures = (choice?.parts ?? []).map((part) => part["signature"] ?? (part["value"] as Loose | undefined)?.["thoughtSignature"]).filter(Boolean);
  expect(signatures).toEqual(parts.map(({ thoughtSignature }) => thoughtSignature).filter(Boolean));
  const reason = candidates.map(({ finishReason }) => finishReason).findLast(Boolean) ?? events.findLast(({ promptFeedback }) => promptFeedback)?.["promptFeedback"].blockReason;
  expect(choice?.raw).toBe(reason);
  const blocked = candidates.length === 0 ? "CONTENT_FILTER" : (FINISHES[reason] ?? "OTHER");
  expect(choice?.finish).toBe(reason === "STOP" && parts.some(isCall) ? "TOOL_CALLS" : blocked);
  holdCounts(plain, events.findLast(({ usageMetadata }) => usageMetadata?.promptTokenCount !== undefined)?.["usageMetadata"]);
}

function holdCounts({ usage }: PlainAnswer, counts: Loose | undefined): void {
  if (counts === undefined) return expect(usage).toBeUndefined();
  if (usage === undefined) throw new Error("Counts were recorded.");
  const input = usage.inputTokens + usage.audioInputTokens + usage.imageInputTokens + usage.cacheReadTokens;
  const output = usage.outputTokens + usage.audioOutputTokens + usage.imageOutputTokens;
  expect(input).toBe((counts["promptTokenCount"] ?? 0) + (counts["toolUsePromptTokenCount"] ?? 0));
  expect([usage.cacheReadTokens, output, usage.reasoningTokens]).toEqual([counts["cachedContentTokenCount"] ?? 0, counts["candidatesTokenCount"] ?? 0, counts["thoughtsTokenCount"] ?? 0]);
  expect(input + output + usage.reasoningTokens).toBe(counts["totalTokenCount"]);
}

const newId = () => "new";
const decode = (body: string) => gatherAnswer(decodeBytes(createGoogleStream(() => 0, newId), new TextEncoder().encode(body)), PART_PREFIX);

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of google", () => {
  it.each(named(answers))("goes through whole and in single bytes alike: %s", async (_name, answer) => {
    await using server = await serveFixtures();
    const adapter = createAdapterGoogle(testConfig(server.url), testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, "gemini-2.5-flash", answer);
      expect("error" in whole ? whole.error : "answered").toBe(answer.status === 200 ? "answered" : codeOf(answer.status, answer.body));
      // Answers without ids get new ones for their calls, which are not compared.
      expect(await replay(server, client, "gemini-2.5-flash", answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });

  it.each(named(answered.filter(({ streamed }) => !streamed)))("comes out as it was recorded: %s", (_name, { body }) => {
    const json = JSON.parse(body) as Loose;
    holdAgainst(plainAnswer(fromGoogleResponse(json, [], { now: 0, newId })), [json]);
  });

  it.each(named(answered.filter(({ streamed }) => streamed)))("comes out streamed as it was recorded: %s", (_name, { body }) => {
    holdAgainst(decode(body), eventsOf(body));
  });

  const joinable = answered.filter(({ streamed, body }) => streamed && !body.includes('"partialArgs"') && !body.includes('"willContinue"'));
  it.each(named(joinable))("comes out streamed as it would unstreamed: %s", (_name, { body }) => {
    const events = eventsOf(body);
    const candidates = events.flatMap((event) => event["candidates"] ?? []) as Loose[];
    const candidate = Object.assign({}, ...candidates, { content: { parts: candidates.flatMap(({ content }) => content?.parts ?? []) } }) as Loose;
    const joined = { ...Object.assign({}, ...events), candidates: [candidate] } as Loose;
    expect(decode(body)).toEqual(plainAnswer(fromGoogleResponse(joined, [], { now: 0, newId })));
  });
});
