import type { Answer } from "./answer.ts";
import { isJson } from "./answers/events.ts";
import { readAnswer } from "./answers/read-answer.ts";
import { type ExpectedError, expectedError } from "./expected-error.ts";
import { count, object, parseJson } from "./json.ts";
import type { Piece } from "./piece.ts";

/** What must come of a recording. */
export interface Expectation {
  readonly answer: Answer | undefined;
  /** Where a count was asked for. */
  readonly tokens: number | undefined;
  /** Beside an answer: it came after all of it, and may be told or not. */
  readonly error: ExpectedError | undefined;
  /** True: content comes before the error. */
  readonly begun: boolean;
}

const NOTHING: Expectation = { answer: undefined, tokens: undefined, error: undefined, begun: false };

/** What a recording says must come of it. */
export function expectationOf({ recording, wire, streamed }: Piece): Expectation {
  const { status, headers, body } = recording.response;
  if (status >= 400) return { ...NOTHING, error: expectedError(status, headers, body) };
  if (!isJson(body, streamed)) return { ...NOTHING, error: { codes: ["malformed_answer"], waitsMs: [] }, begun: streamed };
  if (wire === "anthropic.count_tokens") return { ...NOTHING, tokens: count(object(parseJson(body))["input_tokens"]) };
  const answer = readAnswer(wire, body, streamed);
  if (answer.error === undefined) return { ...NOTHING, answer };
  const begun = answer.choices.some(({ text, reasoning, calls }) => text !== "" || reasoning !== "" || calls.length > 0);
  const finished = begun && answer.choices.every(({ finish }) => finish !== "" && finish !== "failed");
  return { ...NOTHING, answer: finished ? answer : undefined, error: expectedError(status, {}, answer.error), begun };
}
