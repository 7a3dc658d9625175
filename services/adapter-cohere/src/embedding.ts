import { type AdaptationLog, createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import {
  type Embedding,
  type EmbeddingInput,
  type EmbeddingOutput,
  EmbeddingPurpose,
} from "@fairlead/contracts/chat/v1/embedding";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { COHERE_DIALECT } from "./dialect.ts";
import { refuseErrorObject } from "./errors.ts";

/** Texts in one call at most. */
const MAX_TEXTS = 96;

const INPUT_TYPES: Readonly<Record<EmbeddingPurpose, string>> = {
  [EmbeddingPurpose.UNSPECIFIED]: "search_document",
  [EmbeddingPurpose.SEARCH_DOCUMENT]: "search_document",
  [EmbeddingPurpose.SEARCH_QUERY]: "search_query",
  [EmbeddingPurpose.CLASSIFICATION]: "classification",
  [EmbeddingPurpose.CLUSTERING]: "clustering",
};

/**
 * Writes a request for vectors.
 *
 * @throws FairleadError INVALID_REQUEST for tokens, and for more texts than one call takes
 */
export function toCohereEmbedding(
  input: EmbeddingInput,
  strict: boolean,
): { readonly body: JsonObject; readonly adaptations: Adaptation[] } {
  if (input.tokenLists.length > 0) throw invalidField("input.token_lists", "Cohere takes texts alone");
  if (input.texts.length > MAX_TEXTS) throw invalidField("input.texts", `Cohere takes ${MAX_TEXTS} texts in one call`);
  const log = createAdaptationLog(strict);
  noteAbsent(input, log);
  const body = {
    model: input.model,
    texts: input.texts,
    input_type: INPUT_TYPES[input.purpose],
    embedding_types: ["float"],
    ...(input.dimensions === undefined ? {} : { output_dimension: input.dimensions }),
  };
  // By itself Cohere would silently cut a text that is too long.
  const passed = { truncate: "NONE", ...passUnknownFields(input, COHERE_DIALECT, body, log) };
  return { body: { ...body, ...passed }, adaptations: [...log.entries] };
}

function noteAbsent(input: EmbeddingInput, log: AdaptationLog): void {
  if (input.purpose === EmbeddingPurpose.UNSPECIFIED)
    log.emulated("purpose", "Cohere wants a purpose; texts are taken for those that are searched.");
  if (input.endUser !== "") log.dropped("end_user", "Cohere takes no name of the end user.");
}

/**
 * Reads vectors.
 *
 * @param texts number of texts that were sent
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromCohereEmbedding(
  json: unknown,
  model: string,
  texts: number,
  adaptations: Adaptation[],
  now: number,
): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const embeddings = asList(asObject(body["embeddings"])["float"]).map(toEmbedding);
  if (embeddings.length !== texts || embeddings.some(({ values }) => values.length === 0)) {
    throw malformedAnswer("The provider's answer has not one vector for each text.");
  }
  const billed = asObject(asObject(body["meta"])["billed_units"]);
  const known = typeof billed["input_tokens"] === "number";
  return {
    $typeName: "fairlead.chat.v1.EmbeddingOutput",
    model: asText(body["model"]) || model,
    embeddings,
    adaptations,
    ...(known ? { usage: tokenUsage({ inputTokens: asCount(billed["input_tokens"]) }) } : {}),
  };
}

function toEmbedding(vector: unknown): Embedding {
  return {
    $typeName: "fairlead.chat.v1.Embedding",
    values: asList(vector).map((value) => (typeof value === "number" ? value : 0)),
  };
}
