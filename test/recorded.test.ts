import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import type { AnswerChoice } from "./recorded/answer.ts";
import { compareAnswers } from "./recorded/compare-answers.ts";
import { expectedError } from "./recorded/expected-error.ts";
import { runProgram } from "./recorded/program.ts";
import { compareRequests } from "./recorded/requests/compare-requests.ts";
import { createDraws, slice } from "./recorded/slicing.ts";
import { startUpstream } from "./recorded/upstream.ts";

const SAMPLES = fileURLToPath(new URL("recorded/samples", import.meta.url));
const BROKEN = fileURLToPath(new URL("recorded/samples-broken", import.meta.url));

async function run(...line: string[]) {
  const told = { out: "", error: "" };
  const status = await runProgram(line, { out: (text) => void (told.out += text), error: (text) => void (told.error += text) });
  return { status, ...told };
}

describe("the runner of recorded exchanges", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "fairlead-recorded-test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("passes samples of every wire, and names what is not carried and why", async () => {
    const file = join(folder, "results.json");
    const { status, out } = await run(SAMPLES, "--seed", "7", "--json", file);
    expect(out.split("\n").filter((line) => line.startsWith("  "))).toEqual([]);
    expect(status).toBe(0);
    expect(out).toContain("not carried: legacy completions: a prompt without roles");
    expect(out).toContain("not carried: unknown API teleport of openai: nobody has told this runner what it is");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ seed: 7, failed: 0, notCarried: 3 });
  }, 60_000);

  it("reports what comes out otherwise by record, check and difference", async () => {
    const { status, out } = await run(BROKEN, "--seed", "1");
    expect(status).toBe(1);
    expect(out).toMatch(
      /broken-cut-off \(chat stream\)\n {2}error invented \[whole, bytes, random, as openai.responses, as anthropic.messages\]: \w+: /,
    );
    expect(out).toMatch(/broken-nothing \(chat whole\)\n {2}error invented \[whole, bytes, random\]: malformed_answer: /);
    expect(out).toContain("0 passed, 2 failed, 0 not carried; seed 1");
  });

  it("plays only what is asked for", async () => {
    const { status, out } = await run(SAMPLES, "--only", "^sample-chat-whole$", "--seed", "1");
    expect([status, out.split("\n").at(-2)]).toEqual([0, "1 passed, 0 failed, 0 not carried; seed 1"]);
  });

  it.each([
    ["text that is not JSON", "broken", /recordings\.jsonl:2: is not JSON/],
    [
      "a field that is missing",
      JSON.stringify({ id: "a", provider: "openai", request: { method: "POST", url: "/" }, response: { status: 200 } }),
      /recordings\.jsonl:2: response\.body: /,
    ],
    [
      "a status that is none",
      JSON.stringify({ id: "a", provider: "openai", request: { method: "POST", url: "/" }, response: { status: 7, body: "" } }),
      /recordings\.jsonl:2: response\.status: /,
    ],
  ])("names file and line of %s", async (_what, line, message) => {
    writeFileSync(join(folder, "recordings.jsonl"), `\n${line}\n`);
    expect(await run(folder)).toEqual({ status: 2, out: "", error: expect.stringMatching(message) });
  });

  it.each([
    ["a folder that is not there", [join(tmpdir(), "fairlead-no-such-folder")], "there is no such folder"],
    ["no folder", [], "expected one folder"],
    ["a seed that is none", [SAMPLES, "--seed", "x"], "--seed: expected a whole number"],
    ["a pattern that is none", [SAMPLES, "--only", "("], "--only: expected a regular expression"],
  ])("refuses %s", async (_what, line, message) => {
    expect(await run(...line)).toMatchObject({ status: 2, error: expect.stringContaining(message) });
  });

  it("refuses a folder without recordings", async () => {
    expect(await run(folder)).toMatchObject({ status: 2, error: expect.stringContaining("there are no *.jsonl files") });
  });
});

describe("the place of a provider", () => {
  it.each(["whole", "bytes", "random"] as const)(
    "sends an answer cut as asked, %s, so that each slice comes alone",
    async (slicing) => {
      const body = Buffer.from("héllo wörld 🌊 ".repeat(40));
      const slices = slice(body, slicing, createDraws(3));
      await using upstream = await startUpstream();
      upstream.play(
        { status: 201, headers: { "content-type": "text/plain", "x-mark": "1", "content-length": "7" }, body: "" },
        slices,
      );
      const answer = await request(upstream.url, { method: "POST", body: "asked" });
      const chunks: Buffer[] = [];
      answer.body.on("data", (chunk: Buffer) => chunks.push(chunk));
      await new Promise((resolve) => answer.body.once("end", resolve));
      expect(chunks.map((chunk) => chunk.length)).toEqual(slices.map((one) => one.length));
      expect(Buffer.concat(chunks).equals(body)).toBe(true);
      expect([answer.statusCode, answer.headers["x-mark"], upstream.received[0]?.body]).toEqual([201, "1", "asked"]);
    },
  );

  it("draws the same slices for the same seed", () => {
    const cut = (seed: number) => slice(Buffer.alloc(500), "random", createDraws(seed)).map((one) => one.length);
    expect(cut(5)).toEqual(cut(5));
    expect(cut(5)).not.toEqual(cut(6));
  });
});

describe("what the runner holds against a recording", () => {
  const choice: AnswerChoice = {
    text: "Ahoy",
    reasoning: "a b",
    refusal: "",
    calls: [{ id: "1", name: "log", arguments: { knots: 5 } }],
    finish: "tool_calls",
    state: ["sealed"],
    foreign: [{ type: "chart" }],
  };
  const usage = { prompt: 9, cacheRead: 4, cacheWrite: 0, completion: 7, reasoning: 2 };
  const recorded = { choices: [choice], usage, error: undefined };
  const seen = (changed: Partial<AnswerChoice>, used: Partial<typeof usage> = {}) =>
    compareAnswers(recorded, { choices: [{ ...choice, ...changed }], usage: { ...usage, ...used }, error: undefined }, true);

  it("takes an answer that says the same", () => {
    expect(seen({ reasoning: "a\nb", state: ["fairlead:x:sealed"] })).toEqual([]);
  });

  it.each([
    ["text", "text", seen({ text: "Ahoi" })],
    ["reasoning", "reasoning", seen({ reasoning: "a c" })],
    ["state", "reasoning state", seen({ state: ["other"] })],
    ["a call's arguments", "tool calls", seen({ calls: [{ id: "1", name: "log", arguments: { knots: "5" } }] })],
    ["a call's id", "tool calls", seen({ calls: [{ id: "2", name: "log", arguments: { knots: 5 } }] })],
    ["a call that is missing", "tool calls", seen({ calls: [] })],
    ["why it ended", "finish", seen({ finish: "length" })],
    ["a block of the dialect's own", "foreign blocks", seen({ foreign: [{ type: "map" }] })],
    ["cached tokens", "usage", seen({}, { cacheRead: 0 })],
    ["a choice that is missing", "choices", compareAnswers(recorded, { ...recorded, choices: [] }, true)],
  ])("finds another %s", (_what, check, differences) => {
    expect(differences.map((difference) => difference.check)).toEqual([check]);
  });

  const asked = { model: "m", max_tokens: 5, messages: [{ role: "system", content: "Brief." }], temperature: 0.5 };
  const sent = {
    model: "m",
    max_completion_tokens: 5,
    messages: [{ role: "developer", content: [{ type: "text", text: "Brief." }] }],
  };

  it("takes a request in another spelling, and without what is told as adapted", () => {
    expect(compareRequests("openai.chat", asked, JSON.stringify({ ...sent, temperature: 0.5, stream_options: {} }), [])).toEqual(
      [],
    );
    expect(compareRequests("openai.chat", asked, JSON.stringify(sent), ["temperature"])).toEqual([]);
  });

  it("finds what a request lost, changed and gained", () => {
    const changed = { ...sent, max_completion_tokens: 6, seed: 3 };
    expect(compareRequests("openai.chat", asked, JSON.stringify(changed), []).map(({ detail }) => detail)).toEqual([
      "temperature is lost: 0.5",
      "max_tokens is 6 in place of 5",
      "seed is added: 3",
    ]);
  });

  it.each([
    [429, '{"error":{"message":"Please try again in 1m2.5s.","code":"rate_limit_exceeded"}}', ["rate_limited"], [62_500]],
    [429, '{"error":{"type":"insufficient_quota"}}', ["provider_quota_exhausted"], []],
    [400, '{"error_type":"TOO_MANY_TOKENS"}', ["context_length_exceeded"], []],
    [400, '{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}', ["provider_authentication"], []],
    [401, '{"detail":"Unauthorized"}', ["provider_authentication"], []],
    [404, "{}", ["model_not_found"], []],
    [529, "{}", ["overloaded"], []],
    [200, '{"code":502,"message":"bad"}', ["provider_error"], []],
    [500, "<html>", ["provider_error"], []],
  ])("expects of status %d with %s the codes %j", (status, body, codes, waitsMs) => {
    expect(expectedError(status, {}, body)).toEqual({ codes, waitsMs });
  });
});
