import type { JsonObject } from "@bufbuild/protobuf";
import { native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

interface ToldAttempt {
  readonly provider: string;
  readonly model: string;
  readonly errorCode?: string;
  readonly failedCheck?: string;
  readonly hedge?: boolean;
  readonly skipped?: boolean;
  readonly costNanoUsd?: string;
}

const MINUTE = 60_000;
/** Models that answer first, one a kind of scenario: what one has gone through still counts against it in the next. */
const CHECKED = "gpt-4.1";
const LATE = "gpt-4.1-mini";
const LIMITED = "gpt-4.1-nano";
const DOWN = "gpt-4o";
const RECOVERING = "gpt-5.1";
const SECOND = "claude-haiku-4-5";
const REFUSAL = "I'm sorry, but I can't help with that.";
const PERSON = JSON.stringify({ type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false });
const AS_PERSON = { responseFormat: { jsonSchema: { name: "person", schemaJson: PERSON } } };
const TOO_LONG = { error: { message: "too long", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } };

/** Fallback, retries, circuits, hedging and checks of answers, seen from outside. */
export function describeFallback({ shape, simulator }: ScenarioContext): void {
  const generate = (model: string, content: string, policy: JsonObject = {}, more: JsonObject = {}, context: object = {}) =>
    send("POST", `${shape().httpUrl}/api/v1/generate`, { ...native(content, { model, ...more }, { fallbackModels: [SECOND], ...policy }), context });
  const attemptsOf = (body: { report?: { attempts?: ToldAttempt[] }; error?: { attempts?: ToldAttempt[] } }) => body.report?.attempts ?? body.error?.attempts ?? [];
  const calls = () => simulator().requests();
  /** What the two models say. */
  const say = async (first: string, second = "The harbour lies in the north.") => {
    await simulator().setModel("openai", CHECKED, { text: first, chunks: 8 });
    await simulator().setModel("anthropic", SECOND, { text: second, chunks: 8 });
  };

  describe("what makes another target answer", () => {
    const faults: readonly [trigger: string, fault: JsonObject, code: string, model: string][] = [
      ["networkError", { kind: "reset" }, "PROVIDER_UNREACHABLE", "gpt-5.6-sol"],
      ["unavailable", { kind: "status", status: 500 }, "PROVIDER_ERROR", "gpt-5.6-terra"],
      ["unavailable", { kind: "malformed" }, "MALFORMED_ANSWER", "gpt-5.6-luna"],
      ["authentication", { kind: "status", status: 401 }, "PROVIDER_AUTHENTICATION", "gpt-5.5"],
      ["rateLimit", { kind: "status", status: 429, retryAfter: 0 }, "RATE_LIMITED", "gpt-5.4"],
      ["overload", { kind: "status", status: 503 }, "OVERLOADED", "gpt-5.4-mini"],
      ["rejected", { kind: "status", status: 400, body: TOO_LONG }, "CONTEXT_LENGTH_EXCEEDED", "gpt-5.4-nano"],
    ];

    it.each(faults)("%s is one by default, and none where it is switched off (%j)", async (trigger, fault, code, model) => {
      // Failures that other scenarios left count towards its circuit.
      await send("POST", `${shape().httpUrl}/api/v1/circuits/reset`, { provider: "openai", model });
      // Checks of the provider go on being answered: a provider that is known to be down is not asked first at all.
      await simulator().setFaults([{ provider: "openai", probes: false, ...fault }]);
      const on = await generate(model, "Hello.");
      expect(on.status).toBe(200);
      expect(on.body.report).toMatchObject({ provider: "anthropic", fellBack: true });
      expect(attemptsOf(on.body)).toMatchObject([{ provider: "openai", errorCode: `ERROR_CODE_${code}` }, { provider: "anthropic" }]);
      await simulator().clearRequests();
      const off = await generate(model, "Hello.", { triggers: { [trigger]: false } });
      expect(off.status).toBeGreaterThanOrEqual(400);
      expect(off.body.error).toMatchObject({ code: `ERROR_CODE_${code}` });
      expect(attemptsOf(off.body)).toHaveLength(1);
      expect((await calls()).map(({ provider }) => provider)).toEqual(["openai"]);
    });

    it.each<[string, JsonObject, string, string, JsonObject, string]>([
      ["a refusal", { refusal: true }, "refusal", REFUSAL, {}, "Hello."],
      ["structured output that breaks its schema", { invalidOutput: true }, "structured_output", "Name: Ann", AS_PERSON, "Hello."],
      ["a low score", { minScore: 0.6 }, "score", "ships and ".repeat(60), {}, "Hello."],
      ["statements that the request does not support", { minGrounding: 1 }, "grounding", "It was built in 1923.", {}, "The harbour of Vik was built in 1904. When was it built?"],
    ])("%s is one where it is switched on, and its cost is counted", async (_, triggers, check, text, more, question) => {
      await say(text, check === "structured_output" ? '{"name":"Bob"}' : "The harbour of Vik was built in 1904.");
      const off = await generate(CHECKED, question, {}, more);
      expect(off.body.report).toMatchObject({ provider: "openai" });
      const on = await generate(CHECKED, question, { triggers }, more);
      expect(on.status).toBe(200);
      expect(on.body.report.provider).toBe("anthropic");
      const attempts = attemptsOf(on.body);
      expect(attempts).toMatchObject([{ provider: "openai", errorCode: "ERROR_CODE_QUALITY_REJECTED", failedCheck: check }, { provider: "anthropic" }]);
      expect(BigInt(on.body.report.costNanoUsd)).toBe(attempts.reduce((sum, { costNanoUsd = "0" }) => sum + BigInt(costNanoUsd), 0n));
      expect(BigInt(attempts[0]?.costNanoUsd ?? "0")).toBeGreaterThan(0n);
    });

    it("tells the last failure where no answer passes", async () => {
      await say(REFUSAL, REFUSAL);
      const { status, body } = await generate(CHECKED, "Hello.", { triggers: { refusal: true } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.error).toMatchObject({ code: "ERROR_CODE_QUALITY_REJECTED" });
      expect(attemptsOf(body).every(({ failedCheck }) => failedCheck === "refusal")).toBe(true);
    });

    it("refuses a schema that leads elsewhere before anybody is asked", async () => {
      const more = { responseFormat: { jsonSchema: { name: "x", schemaJson: '{"$ref":"http://169.254.169.254/x"}' } } };
      const { status, body } = await generate(CHECKED, "Hello.", { triggers: { invalidOutput: true } }, more);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain("schema_json");
      expect(await calls()).toEqual([]);
    });

    it("keeps a refusal out of a stream, and holds one back until all of it has passed where that is asked for", async () => {
      await say(REFUSAL);
      expect(await streamed(shape().httpUrl, native("Hello.", { model: CHECKED }, { fallbackModels: [SECOND], triggers: { refusal: true } }))).toBe("The harbour lies in the north.");
      await say("Name: Ann", '{"name":"Bob"}');
      const held = native("Hello.", { model: CHECKED, ...AS_PERSON }, { fallbackModels: [SECOND], triggers: { invalidOutput: true, holdStream: true } });
      expect(await streamed(shape().httpUrl, held)).toBe('{"name":"Bob"}');
    });
  });

  describe("a late answer", () => {
    it("is overtaken by another target's where that is asked for, and what the late one cost is settled too", async () => {
      await simulator().setModel("openai", LATE, { firstTokenMs: 5_000 });
      const tenant = `hedged-${Date.now()}`;
      const started = Date.now();
      const { body } = await generate(LATE, "Hello.", { hedgeAfterMs: 150 }, {}, { tenant });
      expect(Date.now() - started).toBeLessThan(3_000);
      expect(body.report).toMatchObject({ provider: "anthropic", hedged: true });
      const attempts = attemptsOf(body);
      expect(attempts).toMatchObject([{ provider: "openai", errorCode: "ERROR_CODE_CANCELLED" }, { provider: "anthropic", hedge: true }]);
      expect(attempts.every(({ costNanoUsd = "0" }) => BigInt(costNanoUsd) > 0n)).toBe(true);
      const total = attempts.reduce((sum, { costNanoUsd = "0" }) => sum + BigInt(costNanoUsd), 0n);
      expect(BigInt(body.report.costNanoUsd)).toBe(total);
      await until("the late call is called off", async () => (await calls()).filter(({ provider }) => provider === "openai").every(({ abortedAt }) => typeof abortedAt === "number"));
      await until("both are settled", async () => {
        const spend = await send("GET", `${shape().httpUrl}/api/v1/spend?filter.tenant=${tenant}`);
        return BigInt(spend.body.totalNanoUsd ?? 0) === total;
      });
    });

    it("is waited for where nobody asked for another", async () => {
      await simulator().setModel("openai", LATE, { firstTokenMs: 400 });
      const { body } = await generate(LATE, "Hello.");
      expect(body.report.provider).toBe("openai");
      expect(await calls()).toHaveLength(1);
    });
  });

  it("waits as long as a provider asked for before it calls it again", async () => {
    await simulator().setFaults([{ provider: "openai", kind: "status", status: 429, retryAfter: 1, times: 1 }]);
    const { status, body } = await generate(LIMITED, "Hello.", { disableFallback: true, fallbackModels: [] });
    expect(status).toBe(200);
    expect(attemptsOf(body)).toMatchObject([{ errorCode: "ERROR_CODE_RATE_LIMITED" }, { provider: "openai" }]);
    const [first, second] = await calls();
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(995);
  });

  it("finds a provider that has recovered in less than 30 s", async () => {
    await simulator().setFaults([{ provider: "openai", kind: "status", status: 500 }]);
    const circuit = async () => {
      const { body } = await send("GET", `${shape().httpUrl}/api/v1/circuits`);
      return body.circuits?.find(({ provider, model }: ToldAttempt) => provider === "openai" && model === RECOVERING)?.state as string | undefined;
    };
    await until("the circuit opens", async () => {
      await generate(RECOVERING, "Hello.");
      return (await circuit()) === "CIRCUIT_STATE_OPEN";
    });
    await simulator().clearFaults();
    const recoveredAt = Date.now();
    await until("it answers again", async () => (await generate(RECOVERING, "Hello.")).body.report?.provider === "openai", 30_000);
    expect(Date.now() - recoveredAt).toBeLessThan(30_000);
    // Its verdict may have to recover first, since an unhealthy target is asked last.
    await until("its circuit closes", async () => {
      await generate(RECOVERING, "Hello.");
      return (await circuit()) === "CIRCUIT_STATE_CLOSED";
    }, MINUTE);
  }, 2 * MINUTE);

  /** Sends requests, ten at a time, and tells how many were answered. */
  const load = async (total: number): Promise<number> => {
    let left = total;
    let answered = 0;
    const worker = async () => {
      while (left-- > 0) if ((await generate(DOWN, "Hello.", { fallbackModels: [] })).status === 200) answered += 1;
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    return answered;
  };

  it("answers all while one provider is down, with at most 1.1 calls a request", async () => {
    await simulator().setFaults([{ provider: "openai", kind: "status", status: 503 }]);
    expect(await load(300)).toBe(300);
    expect((await calls()).length).toBeLessThanOrEqual(330);
  }, MINUTE);

  it("answers 99.9 % while a fifth of all calls fail", async () => {
    await simulator().setFaults([{ kind: "status", status: 500, probability: 0.2 }]);
    expect(await load(1_000)).toBeGreaterThanOrEqual(999);
  }, 2 * MINUTE);
}

/** The text of a stream of native REST. */
async function streamed(httpUrl: string, body: unknown): Promise<string> {
  const response = await fetch(`${httpUrl}/api/v1/generate/stream`, { method: "POST", body: JSON.stringify(body) });
  const messages = (await response.text()).split("\n").filter((line) => line.startsWith("data: {"));
  const deltas = messages.flatMap((line) => (JSON.parse(line.slice(6)) as { deltas?: { text?: string }[] }).deltas ?? []);
  return deltas.map(({ text = "" }) => text).join("");
}
