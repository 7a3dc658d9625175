import type { Answer } from "./answer.ts";
import { askAdapter } from "./ask-adapter.ts";
import { compareFields } from "./compare-fields.ts";
import { askEdge, type EdgeWire } from "./ask-edge.ts";
import { destinationOf } from "./destination.ts";
import type { Difference } from "./difference.ts";
import { expectationOf } from "./expectation.ts";
import { type Loose, object } from "./json.ts";
import type { Meshes } from "./meshes.ts";
import { outcomeDifferences } from "./outcome-differences.ts";
import type { Piece } from "./piece.ts";
import type { Recording } from "./recording.ts";
import { requestDifferences } from "./request-differences.ts";
import { inEdgeDialect } from "./requests/edge-dialect.ts";
import { fromCohere } from "./requests/from-cohere.ts";
import { fromGemini } from "./requests/from-gemini.ts";
import { fromOllama } from "./requests/from-ollama.ts";
import { type Slicing, slice } from "./slicing.ts";
import { modelOf, synthesiseRequest } from "./synthesise.ts";
import type { Upstream } from "./upstream.ts";
import type { Wire } from "./wires.ts";

/** What recordings are played with. */
export interface Stage {
  readonly upstream: Upstream;
  readonly meshes: Meshes;
  readonly draw: (below: number) => number;
}

/** What one playing of a recording showed. */
export interface Played {
  readonly differences: readonly Difference[];
  /** Undefined: there was none. */
  readonly answer: Answer | undefined;
}

/**
 * Plays a recording, cut in one way, and holds what comes of it against what it says.
 *
 * @throws NoAdapter where nobody can answer it
 */
export async function playRecording({ upstream, meshes, draw }: Stage, piece: Piece, slicing: Slicing): Promise<Played> {
  const { recording, wire, streamed } = piece;
  const expected = expectationOf(piece);
  const body = bodyFor(piece, slicing);
  // After an error a target is trusted less for a while, which is not to be seen by the next recording.
  const mesh = await meshes.open(destinationOf(recording, wire), expected.error !== undefined);
  upstream.play(recording.response, slice(Buffer.from(recording.response.body), slicing, draw));
  const seen = isEdgeWire(wire)
    ? await askEdge(mesh.httpUrl, wire, inEdgeDialect(wire, body, mesh.provider), callerHeaders(recording))
    : await askAdapter(mesh.adapter, nativeRequest(piece, body), streamed);
  const differences = [
    ...seen.problems,
    ...(seen.body === undefined ? [] : compareFields(wire, recording.response.body, seen.body)),
    ...outcomeDifferences(expected, seen, asksForUsage(wire, body), wire !== "openai.chat"),
    ...requestDifferences(piece, body, upstream.received, mesh, seen),
  ];
  return { differences, answer: seen.answer };
}

function isEdgeWire(wire: Wire): wire is EdgeWire {
  return wire.startsWith("openai.") || wire.startsWith("anthropic.");
}

/** Cut in any way, usage is asked for; whole, as it was recorded, so that it is also seen who gets none. */
function bodyFor({ recording, wire, streamed }: Piece, slicing: Slicing): Loose {
  const body = object(recording.request?.body ?? synthesiseRequest(wire, modelOf(recording), streamed));
  if (wire !== "openai.chat" || body["stream"] !== true || slicing === "whole") return body;
  return { ...body, stream_options: { ...object(body["stream_options"]), include_usage: true } };
}

function asksForUsage(wire: Wire, body: Loose): boolean {
  return wire !== "openai.chat" || body["stream"] !== true || object(body["stream_options"])["include_usage"] === true;
}

/** Headers of a dialect that change what a request means. */
function callerHeaders({ request }: Recording): Record<string, string> {
  return Object.fromEntries(Object.entries(request?.headers ?? {}).filter(([name]) => /^anthropic-/i.test(name)));
}

function nativeRequest({ recording, wire }: Piece, body: Loose) {
  if (wire === "google.content") return fromGemini(modelOf(recording), body);
  return wire === "cohere.chat" ? fromCohere(body) : fromOllama(body);
}
