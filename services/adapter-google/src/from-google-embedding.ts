import { asList, asObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Embedding, EmbeddingInput, EmbeddingOutput } from "@fairlead/contracts/chat/v1/embedding";
import { refuseErrorObject } from "./errors.ts";
import { fromGoogleUsage } from "./usage.ts";

/**
 * Reads vectors.
 *
 * @param now unix milliseconds
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromGoogleEmbedding(json: unknown, input: EmbeddingInput, adaptations: readonly Adaptation[], now: number): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, now);
  const embeddings = asList(body["embeddings"]).map((each): Embedding => {
    const values = asList(asObject(each)["values"]).map((value) => (typeof value === "number" ? value : 0));
    return { $typeName: "fairlead.chat.v1.Embedding", values };
  });
  if (embeddings.length !== input.texts.length || embeddings.some(({ values }) => values.length === 0)) {
    throw malformedAnswer("The provider's answer has not one vector for each text.");
  }
  const usage = fromGoogleUsage(body["usageMetadata"]);
  return {
    $typeName: "fairlead.chat.v1.EmbeddingOutput",
    model: input.model,
    embeddings,
    adaptations: [...adaptations],
    ...(usage === undefined ? {} : { usage }),
  };
}
