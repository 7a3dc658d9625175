import { create, fromJson, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { decideRoute, type RouteOutcome } from "./decide-route.ts";
import { fitsPin, NO_PINS, type Pin, pinsOf } from "./pins.ts";
import { makeQuestion, makeTarget, type QuestionFacts, seededDraws } from "./testing/make-question.ts";
import type { Target } from "./target.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

const text: PartInit = { content: { case: "text", value: { text: "hi" } } };
const foreign = (dialect: string): PartInit => ({ content: { case: "foreign", value: { dialect, value: fromJson(ValueSchema, {}) } } });
const result = (...content: PartInit[]): PartInit => ({ content: { case: "toolResult", value: { toolCallId: "t", content } } });
const thought = (provider: string, deployment: string, signature = "s"): PartInit => ({
  content: { case: "reasoning", value: { provider, deployment, signature: new TextEncoder().encode(signature) } },
});
const chat = (turns: PartInit[][], more: MessageInitShape<typeof ChatRequestSchema> = {}) =>
  create(ChatRequestSchema, { model: "auto", messages: turns.map((parts) => ({ role: Role.USER, parts })), ...more });

const kept: Pin = { kind: "kept_answer", field: "chat.previous_answer", provider: "a", deployment: "east" };
const reasoning: Pin = { kind: "reasoning", field: "chat.messages[0].parts[0].reasoning", provider: "b", deployment: "west" };
const dialect: Pin = { kind: "dialect", field: "chat.messages[0].parts[1].foreign", dialect: "d.chat" };

describe("what pins a request", () => {
  it("is nothing where it holds nothing that only some can use", () => {
    expect(pinsOf(chat([[text, thought("a", ""), thought("", "east"), thought("a", "east", "")]]), true)).toBe(NO_PINS);
  });

  it("is the answer that its provider keeps", () => {
    const previousAnswer = { provider: "a", deployment: "east", id: "resp_1" };
    expect(pinsOf(chat([[text]], { previousAnswer }), false)).toEqual({ required: [kept], preferred: [] });
  });

  it("is the newest reasoning, where it tells the deployment that made it", () => {
    const pin = (provider: string, deployment: string, field: string) => ({ required: [], preferred: [{ kind: "reasoning", field, provider, deployment }] });
    expect(pinsOf(chat([[thought("a", "east")], [text, thought("b", "west"), text], [text]]), false)).toEqual(pin("b", "west", "chat.messages[1].parts[1].reasoning"));
    expect(pinsOf(chat([[thought("a", "east"), thought("b", "west")]]), true)).toEqual(pin("b", "west", "chat.messages[0].parts[1].reasoning"));
    // What is newer is good anywhere, so what is older is left out without harm.
    expect(pinsOf(chat([[thought("a", "east")], [thought("b", "")]]), false)).toBe(NO_PINS);
  });

  it("is a block of a dialect, which binds where nothing may be left out", () => {
    const messages = [[text, foreign("d.chat"), foreign("d.chat")], [result(text, foreign("e.chat"))]];
    const pins = [dialect, { kind: "dialect", field: "chat.messages[1].parts[0].tool_result.content[1].foreign", dialect: "e.chat" }];
    expect(pinsOf(chat(messages), false)).toEqual({ required: [], preferred: pins });
    expect(pinsOf(chat(messages), true)).toEqual({ required: pins, preferred: [] });
  });

  it("tells few of many dialects", () => {
    expect(pinsOf(chat([Array.from({ length: 100 }, (_, index) => foreign(`d${index}`))]), false).preferred).toHaveLength(4);
  });

  it.each([
    [kept, "a/one#east", true],
    [kept, "a/one#west", false],
    [kept, "b/one#east", false],
    [{ ...kept, deployment: "" }, "a/one#west", true],
    [reasoning, "b/two#west", true],
    [dialect, "a/one", false],
  ] as const)("%j fits %s: %s", (pin, name, fits) => {
    expect(fitsPin(pin, makeTarget(name))).toBe(fits);
  });
});

const ALL = [
  makeTarget("a/one#east", { dollars: 9 }),
  makeTarget("a/one#west", { dollars: 9 }),
  makeTarget("b/two#west", { dollars: 7 }),
  makeTarget("c/one", { dollars: 1, dialects: ["d.chat"] }),
  makeTarget("c/three", { dollars: 2, dialects: ["d.chat"] }),
];

function decide(facts: QuestionFacts, targets: readonly Target[] = ALL): RouteOutcome {
  return decideRoute(makeQuestion({ policy: { strategy: "cost" }, ...facts }), targets, seededDraws(1));
}

function told(outcome: RouteOutcome): unknown {
  if (outcome.kind === "rejected") return [ErrorCode[outcome.code], outcome.field];
  return outcome.decision.candidates.map(({ provider, model, deployment }) => `${provider}/${model}${deployment && "#"}${deployment}`);
}

describe("a request that goes on from an answer that is kept", () => {
  const pins = { required: [kept], preferred: [] };

  it("goes to the deployment that keeps it and nowhere else, and says why", () => {
    const outcome = decide({ pins });
    expect(told(outcome)).toEqual(["a/one#east"]);
    expect(outcome.decision.reasons).toContain("The request goes there because the answer that the request goes on from is kept by a (east) alone.");
    expect(outcome.decision.removals).toHaveLength(4);
    expect(outcome.decision.removals[0]).toMatchObject({ stage: "policy", reason: "kept_answer", detail: "The answer that the request goes on from is kept by a (east) alone." });
  });

  it("goes to no fallback model elsewhere", () => {
    expect(told(decide({ pins, model: "one", policy: { fallbackModels: ["two", "three"] } }))).toEqual(["a/one#east"]);
  });

  it("is refused where the model that is asked for is elsewhere", () => {
    expect(told(decide({ pins, model: "two" }))).toEqual(["INVALID_REQUEST", "chat.previous_answer"]);
    expect(told(decide({ pins, policy: { provider: "b" } }))).toEqual(["INVALID_REQUEST", "chat.previous_answer"]);
  });

  it("is refused where the provider is gone", () => {
    expect(told(decide({ pins }, ALL.slice(1)))).toEqual(["NO_TARGET", "chat.previous_answer"]);
    expect(told(decide({ pins }, []))).toEqual(["NO_TARGET", "chat.previous_answer"]);
  });

  it.each([
    [{ circuit: CircuitState.OPEN }, "CIRCUIT_OPEN"],
    [{ rateLimitedUntilUnixMs: 5_000n }, "RATE_LIMITED"],
  ])("is told what keeps that deployment from it: %j", (state, code) => {
    const targets = [makeTarget("a/one#east", { state }), ...ALL.slice(1), makeTarget("b/sick", { state: { circuit: CircuitState.OPEN } })];
    const outcome = decide({ pins }, targets);
    expect(told(outcome)).toEqual([code, "chat.previous_answer"]);
    expect((outcome as { message: string }).message).toContain("No other is tried: the answer that the request goes on from is kept by a (east) alone.");
  });
});

describe("a request with reasoning that one deployment can open", () => {
  const pins = { required: [], preferred: [reasoning] };

  it("tries that deployment first, whatever the strategy says, and all others after it", () => {
    const outcome = decide({ pins });
    expect(told(outcome)).toEqual(["b/two#west", "c/one", "c/three", "a/one#east", "a/one#west"]);
    expect(outcome.decision.reasons).toContain("The request goes there because the newest reasoning in the request means something to b (west) alone.");
  });

  it("asks the model that is named before any other", () => {
    const outcome = decide({ pins, model: "one" });
    expect(told(outcome)).toEqual(["c/one", "a/one#east", "a/one#west", "b/two#west", "c/three"]);
    expect(outcome.decision.reasons.join(" ")).not.toContain("newest reasoning");
    const mine: Pin = { ...reasoning, provider: "a" };
    expect((told(decide({ pins: { required: [], preferred: [mine] }, model: "one" })) as string[]).slice(0, 2)).toEqual(["a/one#west", "c/one"]);
  });

  it("does not try first what may only be used in need", () => {
    const targets = [...ALL.filter(({ provider }) => provider !== "b"), makeTarget("b/two#west", { verdict: Verdict.UNHEALTHY })];
    expect((told(decide({ pins }, targets)) as string[]).at(-1)).toBe("b/two#west");
  });
});

describe("a request with blocks of a dialect", () => {
  const dear = [makeTarget("a/one", { dollars: 1 }), makeTarget("c/two", { dollars: 9, dialects: ["d.chat"] })];

  it("goes first to those that speak it, behind what reasoning is good for", () => {
    expect(told(decide({ pins: { required: [], preferred: [dialect] } }, dear))).toEqual(["c/two", "a/one"]);
    const both = { required: [], preferred: [{ ...reasoning, provider: "a", deployment: "" } as Pin, dialect] };
    expect(told(decide({ pins: both }, dear))).toEqual(["a/one", "c/two"]);
  });

  it("goes to nobody else where nothing may be left out", () => {
    const pins = { required: [dialect], preferred: [] };
    expect(told(decide({ pins }, dear))).toEqual(["c/two"]);
    expect(told(decide({ pins, model: "one" }, dear))).toEqual(["INVALID_REQUEST", dialect.field]);
    expect(told(decide({ pins }, dear.slice(0, 1)))).toEqual(["INVALID_REQUEST", dialect.field]);
  });

  it("names of several pins the one that nobody fits", () => {
    const pins = { required: [{ ...kept, deployment: "" } as Pin, dialect], preferred: [] };
    expect(told(decide({ pins }, [makeTarget("a/one"), makeTarget("b/two")]))).toEqual(["INVALID_REQUEST", dialect.field]);
    expect(told(decide({ pins }, dear.slice(1)))).toEqual(["NO_TARGET", "chat.previous_answer"]);
    expect(told(decide({ pins }, dear))).toEqual(["INVALID_REQUEST", "chat.previous_answer"]);
  });
});
