import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { type EmbeddingInput, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { GOOGLE_DIALECT } from "./dialect.ts";

/** Texts in one call for vectors at most. */
const MAX_TEXTS = 100;

const TASKS: Readonly<Record<EmbeddingPurpose, string | undefined>> = {
  [EmbeddingPurpose.UNSPECIFIED]: undefined,
  [EmbeddingPurpose.SEARCH_DOCUMENT]: "RETRIEVAL_DOCUMENT",
  [EmbeddingPurpose.SEARCH_QUERY]: "RETRIEVAL_QUERY",
  [EmbeddingPurpose.CLASSIFICATION]: "CLASSIFICATION",
  [EmbeddingPurpose.CLUSTERING]: "CLUSTERING",
};

/** A body, and what of the request it does not say. */
export interface GoogleEmbedding {
  readonly body: { readonly requests: readonly JsonObject[] };
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request for vectors.
 *
 * @throws FairleadError INVALID_REQUEST for tokens in place of texts, for more texts than one call takes, and in strict mode
 *   for a field that Gemini cannot take
 */
export function toGoogleEmbedding(input: EmbeddingInput, strict: boolean): GoogleEmbedding {
  if (input.tokenLists.length > 0) throw invalidField("input.token_lists", "Gemini takes texts, no tokens");
  if (input.texts.length > MAX_TEXTS) throw invalidField("input.texts", `Gemini takes ${MAX_TEXTS} texts in one call`);
  const log = createAdaptationLog(strict);
  if (input.endUser !== "") log.dropped("end_user", "Gemini takes no name of the end user.");
  const taskType = TASKS[input.purpose];
  const settings: JsonObject = {
    ...(taskType === undefined ? {} : { taskType }),
    ...(input.dimensions === undefined ? {} : { outputDimensionality: input.dimensions }),
  };
  const passed = passUnknownFields(input, GOOGLE_DIALECT, { ...settings, content: true, model: true }, log);
  const requests = input.texts.map((text) => ({ content: { role: "user", parts: [{ text }] }, ...settings, ...passed }));
  return { body: { requests }, adaptations: log.entries };
}
