import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import {
  type Embedding,
  type EmbeddingInput,
  type EmbeddingOutput,
  EmbeddingPurpose,
} from "@fairlead/contracts/chat/v1/embedding";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { OLLAMA_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";

/** A body of /api/embed. */
export interface OllamaEmbedBody {
  readonly model: string;
  readonly input: string[];
  readonly dimensions?: number;
  readonly truncate?: boolean;
}

/**
 * Writes a request for vectors.
 *
 * @throws FairleadError INVALID_REQUEST for tokens
 */
export function toOllamaEmbedding(
  input: EmbeddingInput,
  strict: boolean,
): { readonly body: OllamaEmbedBody; readonly adaptations: Adaptation[] } {
  if (input.tokenLists.length > 0) throw invalidField("input.token_lists", "Ollama takes texts alone");
  const log = createAdaptationLog(strict);
  if (input.purpose !== EmbeddingPurpose.UNSPECIFIED)
    log.dropped("purpose", "Ollama makes the same vectors for every purpose.");
  if (input.endUser !== "") log.dropped("end_user", "Ollama takes no name of the end user.");
  const body = {
    model: input.model,
    input: [...input.texts],
    ...(input.dimensions === undefined ? {} : { dimensions: input.dimensions }),
  };
  // By itself Ollama would silently cut a text that is too long.
  const passed = { truncate: false, ...passUnknownFields(input, OLLAMA_DIALECT, body as unknown as JsonObject, log) };
  return { body: { ...body, ...passed }, adaptations: [...log.entries] };
}

/**
 * Reads vectors.
 *
 * @param texts number of texts that were sent
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromOllamaEmbedding(
  json: unknown,
  texts: number,
  adaptations: Adaptation[],
  now: number,
): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const embeddings = asList(body["embeddings"]).map(toEmbedding);
  if (embeddings.length !== texts || embeddings.some(({ values }) => values.length === 0)) {
    throw malformedAnswer("The provider's answer has not one vector for each text.");
  }
  const count = body["prompt_eval_count"];
  return {
    $typeName: "fairlead.chat.v1.EmbeddingOutput",
    model: asText(body["model"]),
    embeddings,
    adaptations,
    ...(typeof count === "number" ? { usage: tokenUsage({ inputTokens: asCount(count) }) } : {}),
  };
}

function toEmbedding(vector: unknown): Embedding {
  return {
    $typeName: "fairlead.chat.v1.Embedding",
    values: asList(vector).map((value) => (typeof value === "number" ? value : 0)),
  };
}
