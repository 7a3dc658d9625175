import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { json, lineFrame, lines } from "./fixtures.ts";

const HEAD = { model: "llama3.1", created_at: "2026-01-01T00:00:00.000Z" };

/** What Ollama tells at the end; durations are nanoseconds. */
export const OLLAMA_COUNTS = {
  total_duration: 5_000_000_000,
  load_duration: 1_000_000_000,
  prompt_eval_count: 10,
  prompt_eval_duration: 1_000_000_000,
  eval_count: 4,
  eval_duration: 3_000_000_000,
};

/** A piece of an answer. */
export function ollamaPiece(message: object, more: object = {}): object {
  return { ...HEAD, message: { role: "assistant", content: "", ...message }, done: false, ...more };
}

/** The end of an answer. */
export function ollamaEnd(reason = "stop", counts: object = OLLAMA_COUNTS, message: object = {}): object {
  return ollamaPiece(message, { done: true, done_reason: reason, ...counts });
}

/** A whole answer. */
export function ollamaAnswer(message: object = { content: "Ahoy." }, reason?: string, counts?: object): Fixture {
  return json(ollamaEnd(reason, counts, message));
}

/** A stream. */
export function ollamaStream(pieces: readonly object[], reason?: string, counts?: object): Fixture {
  return lines([...pieces.map((piece) => lineFrame(ollamaPiece(piece))), lineFrame(ollamaEnd(reason, counts))]);
}
