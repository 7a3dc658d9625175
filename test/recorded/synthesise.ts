import { firstObject, type Wire } from "./wires.ts";
import { object, text } from "./json.ts";
import type { Recording } from "./recording.ts";

/** Stands for a model that no recording names. */
const NO_MODEL = "recorded-model";

/** The model that a recording is about. */
export function modelOf({ request, response, model }: Recording): string {
  const asked = text(object(request?.body)["model"]) || (/\/models\/([^/:?]+):/.exec(request?.url ?? "")?.[1] ?? "");
  if (asked !== "") return asked;
  const first = firstObject(response.body);
  const told =
    text(first["model"]) ||
    text(object(first["response"])["model"]) ||
    text(object(first["message"])["model"]) ||
    text(first["modelVersion"]);
  return /^[a-zA-Z0-9][\w.:/@+-]*$/.test(told || model) ? told || model : NO_MODEL;
}

const WORDS = "Say what there is to say.";

/** A simple request, for an answer of which none was recorded. */
export function synthesiseRequest(wire: Wire, model: string, streamed: boolean): Record<string, unknown> {
  const stream = streamed ? { stream: true } : {};
  const messages = [{ role: "user", content: WORDS }];
  switch (wire) {
    case "openai.chat":
      return { model, messages, ...stream, ...(streamed ? { stream_options: { include_usage: true } } : {}) };
    case "openai.responses":
      return { model, input: WORDS, ...stream };
    case "anthropic.messages":
      return { model, max_tokens: 4096, messages, ...stream };
    case "anthropic.count_tokens":
      return { model, messages };
    case "google.content":
      return { contents: [{ role: "user", parts: [{ text: WORDS }] }] };
    case "cohere.chat":
      return { model, messages, ...stream };
    case "ollama.chat":
      return { model, messages, stream: streamed };
  }
}
