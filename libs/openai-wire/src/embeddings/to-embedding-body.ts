import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { type EmbeddingInput, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { EmbeddingCreateParams } from "openai/resources/embeddings";
import { CHAT_DIALECT } from "../dialects.ts";
import type { Flavor } from "../flavor.ts";

/** A body, the vectors that are expected for it, and what of the request it does not say. */
export interface EmbeddingBody {
  readonly body: EmbeddingCreateParams;
  readonly count: number;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request for vectors.
 *
 * @throws FairleadError INVALID_REQUEST for tokens where the server takes texts alone, and in strict mode for any field that
 *   it cannot take
 */
export function toEmbeddingBody(
  input: EmbeddingInput,
  settings: { readonly flavor: Flavor; readonly strict: boolean },
): EmbeddingBody {
  const { name, embeddings } = settings.flavor;
  const log = createAdaptationLog(settings.strict);
  const tokens = input.tokenLists.map((list) => list.tokens);
  if (tokens.length > 0 && !embeddings.tokenLists)
    throw invalidField("input.token_lists", `${name} takes texts, no tokens`);
  const body: EmbeddingCreateParams & { output_dimension?: number } = {
    model: input.model,
    input: tokens.length > 0 ? tokens : input.texts,
    encoding_format: embeddings.base64 ? "base64" : "float",
  };
  if (input.dimensions !== undefined) {
    if (embeddings.dimensionsField === undefined) log.dropped("dimensions", `${name} makes vectors of one length.`);
    else body[embeddings.dimensionsField] = input.dimensions;
  }
  if (input.endUser !== "") {
    if (embeddings.endUser) body.user = input.endUser;
    else log.dropped("end_user", `${name} takes no name of a user.`);
  }
  if (input.purpose !== EmbeddingPurpose.UNSPECIFIED)
    log.dropped("purpose", `${name} makes the same vectors for all purposes.`);
  const passed = passUnknownFields(input, CHAT_DIALECT, body as unknown as Record<string, unknown>, log);
  return { body: Object.assign(body, passed), count: input.texts.length + tokens.length, adaptations: log.entries };
}
