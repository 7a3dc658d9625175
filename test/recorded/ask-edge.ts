import { request } from "undici";
import { readEvents } from "./answers/events.ts";
import { readAnswer } from "./answers/read-answer.ts";
import { readResponsePieces } from "./answers/responses.ts";
import { compareAnswers } from "./compare-answers.ts";
import type { Difference } from "./difference.ts";
import { STATUS_OF_CODE } from "./expected-error.ts";
import { brief, type Loose, object, objects, parseJson, text } from "./json.ts";
import type { Observation, ObservedError } from "./observation.ts";

/** The wires that the edge speaks. */
export type EdgeWire = "openai.chat" | "openai.responses" | "anthropic.messages" | "anthropic.count_tokens";

const PATHS: Readonly<Record<EdgeWire, string>> = {
  "openai.chat": "/v1/chat/completions",
  "openai.responses": "/v1/responses",
  "anthropic.messages": "/v1/messages",
  "anthropic.count_tokens": "/v1/messages/count_tokens",
};

/** Milliseconds for an answer. */
const ANSWER_MS = 20_000;

/** Sends a request to a mesh as a client of its dialect does, and reads what comes. */
export async function askEdge(
  httpUrl: string,
  wire: EdgeWire,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Observation> {
  const response = await request(`${httpUrl}${PATHS[wire]}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const told = await response.body.text();
  const streamed = String(response.headers["content-type"]).startsWith("text/event-stream");
  const afterSeconds = Number(response.headers["retry-after"]);
  const waitMs = afterSeconds > 0 ? afterSeconds * 1000 : undefined;
  if (response.statusCode !== 200) return observeError(wire, response.statusCode, told, waitMs);
  if (wire === "anthropic.count_tokens") return observeCount(told);
  return observeAnswer(wire, told, streamed);
}

function observeError(wire: EdgeWire, status: number, told: string, waitMs: number | undefined): Observation {
  const body = object(parseJson(told));
  const { error, problems } = toError(wire, body, waitMs);
  // Anthropic has a status of its own for overload.
  const expected = wire.startsWith("anthropic") && error.code === "overloaded" ? 529 : STATUS_OF_CODE.get(error.code);
  if (expected !== undefined && expected !== status)
    problems.push({ check: "error status", detail: `${error.code}: expected ${expected}, saw ${status}` });
  return { answer: undefined, error, adaptations: [], problems, usageTold: false };
}

/** An error as the dialect writes it; what is missing of its shape is a problem. */
function toError(wire: EdgeWire, body: Loose, waitMs: number | undefined): { error: ObservedError; problems: Difference[] } {
  const error = object(body["error"]);
  const extension = object(error["fairlead"]);
  const problems: Difference[] = [];
  const wrong = (detail: string) => problems.push({ check: "error shape", detail });
  if (text(error["message"]) === "") wrong(`no error.message in ${brief(body)}`);
  if (text(error["type"]) === "") wrong(`no error.type in ${brief(body)}`);
  if (wire.startsWith("anthropic") && body["type"] !== "error") wrong("type is not error");
  if (!wire.startsWith("anthropic") && !("code" in error && "param" in error)) wrong("code or param is missing");
  const code = text(extension["code"]);
  if (code === "") wrong("no error.fairlead.code");
  const retryAfter = typeof extension["retry_after_ms"] === "number" ? extension["retry_after_ms"] : undefined;
  return { error: { code, message: text(error["message"]), waitMs: waitMs ?? retryAfter }, problems };
}

function observeCount(told: string): Observation {
  const tokens = object(parseJson(told))["input_tokens"];
  const problems = typeof tokens === "number" ? [] : [{ check: "count", detail: `no input_tokens in ${brief(told)}` }];
  return {
    answer: undefined,
    error: undefined,
    adaptations: [],
    problems,
    usageTold: false,
    tokens: typeof tokens === "number" ? tokens : undefined,
  };
}

function observeAnswer(wire: Exclude<EdgeWire, "anthropic.count_tokens">, told: string, streamed: boolean): Observation {
  const answer = readAnswer(wire, told, streamed);
  const events = streamed ? readEvents(told) : [object(parseJson(told))];
  const adaptations = events.flatMap((event) => adaptationsIn(event));
  const problems = streamed ? streamProblems(wire, told, events) : [];
  const usageTold = events.some((event) => typeof event["usage"] === "object" && event["usage"] !== null);
  if (answer.error === undefined)
    return { answer, error: undefined, adaptations, problems, usageTold, body: streamed ? undefined : events[0] };
  const failed =
    events.find((event) => event["type"] === "response.failed" || event["error"] !== undefined || event["type"] === "error") ??
    {};
  const { error } = toError(
    wire,
    failed["type"] === "response.failed"
      ? object(failed["response"])
      : failed["error"] === undefined
        ? { error: failed }
        : failed,
    undefined,
  );
  return { answer, error, adaptations, problems, usageTold };
}

/** The extension stands at the top of an answer, or of what an event holds. */
function adaptationsIn(event: Loose): string[] {
  const holders = [event, object(event["response"]), object(event["message"])];
  return holders.flatMap((holder) => objects(object(holder["fairlead"])["adaptations"]).map(({ field }) => text(field)));
}

/** What the protocol of each stream asks for, beside what it says. */
function streamProblems(wire: EdgeWire, told: string, events: readonly Loose[]): Difference[] {
  const problems: Difference[] = [];
  const wrong = (detail: string) => problems.push({ check: "stream form", detail });
  const failed = events.some(
    (event) => event["type"] === "error" || event["error"] !== undefined || event["type"] === "response.failed",
  );
  if (wire === "openai.chat" && !failed && !told.trimEnd().endsWith("data: [DONE]")) wrong("does not end with [DONE]");
  if (wire === "anthropic.messages" && !failed) problems.push(...messageFormProblems(events));
  if (wire === "openai.responses") {
    if (/data: \[DONE\]/.test(told)) wrong("has [DONE]");
    const pieces = readResponsePieces(told);
    const whole = readAnswer(wire, told, true).choices[0];
    if (pieces !== undefined && whole !== undefined && !failed) {
      const { text: words, reasoning, calls } = pieces;
      const gathered = { ...whole, text: words, reasoning, calls };
      const asAnswer = (choice: typeof whole) => ({ choices: [choice], usage: undefined, error: undefined });
      problems.push(
        ...compareAnswers(asAnswer(whole), asAnswer(gathered), false).map(({ check, detail }) => ({
          check: "stream form",
          detail: `pieces and last event differ: ${check} ${detail}`,
        })),
      );
    }
  }
  return problems;
}

/** Blocks are numbered from 0, open one at a time, and each is closed. */
function messageFormProblems(events: readonly Loose[]): Difference[] {
  const wrong: string[] = [];
  let open: unknown;
  let next = 0;
  for (const event of events) {
    if (event["type"] === "content_block_start") {
      if (open !== undefined) wrong.push(`block ${next} opens before the last is closed`);
      if (event["index"] !== next) wrong.push(`block ${String(event["index"])} where ${next} was due`);
      open = event["index"];
      next += 1;
    } else if (event["type"] === "content_block_stop") open = undefined;
  }
  if (events[0]?.["type"] !== "message_start") wrong.push("does not begin with message_start");
  if (events.at(-1)?.["type"] !== "message_stop") wrong.push("does not end with message_stop");
  return wrong.map((detail) => ({ check: "stream form", detail }));
}
