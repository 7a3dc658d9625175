import type { Difference } from "./difference.ts";
import { type Loose, object, parseJson } from "./json.ts";
import type { Mesh } from "./mesh.ts";
import type { Observation } from "./observation.ts";
import type { Piece } from "./piece.ts";
import { compareRequests } from "./requests/compare-requests.ts";
import { modelOf } from "./synthesise.ts";
import type { SentRequest } from "./upstream.ts";
import type { Wire } from "./wires.ts";

const ENDPOINTS: Readonly<Record<Wire, RegExp>> = {
  "openai.chat": /\/chat\/completions$/,
  "openai.responses": /\/responses$/,
  "anthropic.messages": /\/messages$/,
  "anthropic.count_tokens": /\/messages\/count_tokens$/,
  "google.content": /:(stream)?generateContent$/i,
  "cohere.chat": /\/chat$/,
  "ollama.chat": /\/api\/chat$/,
};

/**
 * What of a request did not reach the provider; where the mesh answers with an error of its own, nothing did.
 *
 * @param body as it was recorded, or as one was made
 */
export function requestDifferences(
  { recording, wire }: Piece,
  body: Loose,
  received: readonly SentRequest[],
  mesh: Mesh,
  seen: Observation,
): Difference[] {
  const [sent] = received;
  if (sent === undefined)
    return seen.error === undefined ? [{ check: "request", detail: "nothing was sent to the provider" }] : [];
  const differences = received.length > 1 ? [{ check: "request", detail: `was sent ${received.length} times` }] : [];
  const path = sent.path.replace(/\?.*$/, "");
  if (!ENDPOINTS[wire].test(path)) return [...differences, { check: "endpoint", detail: `sent to ${path}` }];
  const model = modelOf(recording);
  if (wire === "google.content" && !path.includes(mesh.modelOf(model)))
    differences.push({ check: "request", detail: `model ${model} is not in ${path}` });
  const sentModel = object(parseJson(sent.body))["model"];
  // A model may be called by its id in place of an alias.
  const wanted = "model" in body && sentModel === mesh.modelOf(model) ? { ...body, model: sentModel } : body;
  return [...differences, ...compareRequests(wire, wanted, sent.body, seen.adaptations)];
}
