import type { Edge } from "./start-wire-mesh.ts";

/** A short question in a dialect. */
export function asked(edge: Edge, model: string, more: object = {}): object {
  if (edge === "responses") return { model, input: "Say ahoy.", ...more };
  const messages = [{ role: "user", content: "Say ahoy." }];
  return edge === "chat" ? { model, messages, ...more } : { model, max_tokens: 64, messages, ...more };
}

/** A tool as each dialect offers it. */
export function offered(
  edge: Edge,
  name = "get_tide",
  parameters: object = { type: "object", properties: { port: { type: "string" } } },
): object {
  if (edge === "messages") return { name, input_schema: parameters };
  const tool = { name, description: "Tells the tide.", parameters };
  return edge === "responses" ? { type: "function", ...tool } : { type: "function", function: tool };
}

/** Tools to which a model may answer with calls. */
export function withTools(edge: Edge, ...names: readonly string[]): object {
  return { tools: (names.length === 0 ? ["get_tide"] : names).map((name) => offered(edge, name)) };
}
