import { crossRecording, EDGES } from "./cross-recording.ts";
import { destinationOf, keyOf } from "./destination.ts";
import type { Difference } from "./difference.ts";
import { createMeshes } from "./meshes.ts";
import { NoAdapter } from "./prepare-adapter.ts";
import { createPairs, type Pairs } from "./pairs.ts";
import type { Piece } from "./piece.ts";
import { type Played, playRecording, type Stage } from "./play-recording.ts";
import type { Recording } from "./recording.ts";
import { createDraws, SLICINGS } from "./slicing.ts";
import { modelOf } from "./synthesise.ts";
import { startUpstream } from "./upstream.ts";
import { classify, type Wire } from "./wires.ts";

/** What a recording showed. */
export interface Result {
  readonly id: string;
  readonly provider: string;
  /** For example chat stream. */
  readonly kind: string;
  readonly outcome: "passed" | "failed" | "not carried";
  readonly failures: readonly Failure[];
  /** Why it is not carried; empty: it is. */
  readonly reason: string;
}

/** A difference, and how it was played when it was seen: cut in some way, beside its other form, or asked for in a dialect. */
export interface Failure extends Difference {
  readonly played: readonly string[];
}

/**
 * Plays recordings, each whole, in single bytes and in random slices, and once in each dialect of the edge.
 *
 * @param seed of the random slices
 */
export async function runRecordings(recordings: readonly Recording[], seed: number): Promise<Result[]> {
  const sorted = recordings.map((recording) => ({ recording, found: classify(recording) }));
  const models = modelsByDestination(
    sorted.flatMap(({ recording, found }) => (found.kind === "wire" ? [{ recording, ...found }] : [])),
  );
  await using upstream = await startUpstream();
  await using meshes = createMeshes(upstream.url, (destination) => models.get(keyOf(destination)) ?? new Set());
  const stage: Stage = { upstream, meshes, draw: createDraws(seed) };
  const pairs = createPairs();
  const results: Result[] = [];
  for (const { recording, found } of sorted) {
    results.push(found.kind === "wire" ? await checkPiece(stage, { recording, ...found }, pairs) : notCarried(recording, found));
  }
  return results;
}

function notCarried({ id, provider }: Recording, { what, reason }: { what: string; reason: string }): Result {
  return { id, provider, kind: what, outcome: "not carried", failures: [], reason };
}

function modelsByDestination(pieces: readonly Piece[]): ReadonlyMap<string, ReadonlySet<string>> {
  const models = new Map<string, Set<string>>();
  for (const { recording, wire } of pieces) {
    const key = keyOf(destinationOf(recording, wire));
    models.set(key, (models.get(key) ?? new Set()).add(modelOf(recording)));
  }
  return models;
}

async function checkPiece(stage: Stage, piece: Piece, pairs: Pairs): Promise<Result> {
  const failures = new Map<string, Difference & { played: string[] }>();
  const note = (difference: Difference, how: string) => {
    const key = `${difference.check} ${difference.detail}`;
    const known = failures.get(key) ?? { ...difference, played: [] };
    known.played.push(how);
    failures.set(key, known);
  };
  for (const slicing of SLICINGS) {
    const { differences, answer } = await unbroken(() => playRecording(stage, piece, slicing));
    for (const difference of differences) note(difference, slicing);
    if (slicing === "random") for (const difference of pairs.compare(piece, answer)) note(difference, "pair");
  }
  for (const edge of EDGES) {
    const { differences } = await unbroken(async () => ({
      differences: await crossRecording(stage, piece, edge),
      answer: undefined,
    }));
    for (const difference of differences) note(difference, `as ${edge}`);
  }
  const { id, provider } = piece.recording;
  return {
    id,
    provider,
    kind: kindOf(piece),
    outcome: failures.size === 0 ? "passed" : "failed",
    failures: [...failures.values()],
    reason: "",
  };
}

/** What playing showed; that it could not be played is a difference too. */
async function unbroken(play: () => Promise<Played>): Promise<Played> {
  try {
    return await play();
  } catch (error) {
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return {
      differences: [{ check: error instanceof NoAdapter ? "no adapter" : "broke off", detail: message }],
      answer: undefined,
    };
  }
}

const KINDS: Readonly<Record<Wire, string>> = {
  "openai.chat": "chat",
  "openai.responses": "responses",
  "anthropic.messages": "messages",
  "anthropic.count_tokens": "count_tokens",
  "google.content": "gemini",
  "cohere.chat": "cohere",
  "ollama.chat": "ollama",
};

function kindOf({ recording, wire, streamed }: Piece): string {
  const name = KINDS[wire];
  if (recording.form === "error") return "error bodies";
  if (recording.response.status >= 400) return `${name} errors`;
  const form = wire === "anthropic.count_tokens" ? name : `${name} ${streamed ? "stream" : "whole"}`;
  return recording.form === "body" ? `bodies: ${form}` : form;
}
