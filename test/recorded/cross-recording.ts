import type { AnswerChoice } from "./answer.ts";
import { askEdge, type EdgeWire } from "./ask-edge.ts";
import { compareAnswers } from "./compare-answers.ts";
import { destinationOf } from "./destination.ts";
import type { Difference } from "./difference.ts";
import { expectationOf } from "./expectation.ts";
import type { Piece } from "./piece.ts";
import type { Stage } from "./play-recording.ts";
import { modelOf, synthesiseRequest } from "./synthesise.ts";

/** The dialects of the edge in which answers are given. */
export const EDGES = ["openai.chat", "openai.responses", "anthropic.messages"] as const satisfies readonly EdgeWire[];

/**
 * Asks for a recorded answer in another dialect than it is written in, by a request without tools, and holds what comes of it
 * against what it says.
 */
export async function crossRecording(
  { upstream, meshes }: Stage,
  piece: Piece,
  edge: (typeof EDGES)[number],
): Promise<Difference[]> {
  const { recording, wire, streamed } = piece;
  const { answer, error } = expectationOf(piece);
  const [said] = answer?.choices ?? [];
  if (
    wire === edge ||
    answer === undefined ||
    said === undefined ||
    answer.choices.length > 1 ||
    error !== undefined ||
    isSilent(said)
  )
    return [];
  const mesh = await meshes.open(destinationOf(recording, wire), false);
  upstream.play(recording.response, [Buffer.from(recording.response.body)]);
  const seen = await askEdge(mesh.httpUrl, edge, synthesiseRequest(edge, modelOf(recording), streamed), {});
  if (seen.error !== undefined) return [{ check: "error invented", detail: `${seen.error.code}: ${seen.error.message}` }];
  if (seen.answer === undefined) return [{ check: "answer", detail: "there is none" }];
  const choices = [{ ...inWordsOf(edge, said), state: [] }];
  const { reasoning, cacheWrite } = seen.answer.usage ?? { reasoning: 0, cacheWrite: 0 };
  // Not every dialect tells these apart.
  const usage = answer.usage === undefined ? undefined : { ...answer.usage, reasoning, cacheWrite };
  return [...seen.problems, ...compareAnswers({ choices, usage, error: undefined }, seen.answer, false)];
}

/** True where nothing is said that every dialect has, such as sound alone. */
function isSilent({ text, reasoning, refusal, calls }: AnswerChoice): boolean {
  return text === "" && reasoning === "" && refusal === "" && calls.length === 0;
}

/** Anthropic tells a refusal as text, and by why it ended. */
function inWordsOf(edge: EdgeWire, choice: AnswerChoice): AnswerChoice {
  if (edge !== "anthropic.messages" || choice.refusal === "") return choice;
  return { ...choice, text: choice.text + choice.refusal, refusal: "", finish: "content_filter" };
}
