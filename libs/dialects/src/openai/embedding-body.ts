import type { EmbedRequest } from "@fairlead/contracts/routing/v1/router_service";
import { z } from "zod";
import type { Parsed } from "../parsed.ts";
import { mergeTerms, NO_TERMS, type RoutingTerms, routingTermsSchema, toContext, toPolicy } from "../routing-terms.ts";
import { parseWith } from "../zod-violations.ts";
import { modelSchema } from "./chat-body.ts";

const text = z.string({ error: "Text is expected; lists of token numbers are not supported." }).min(1);

const embeddingBodySchema = z.looseObject({
  model: modelSchema,
  input: z.union([text, z.array(text).min(1).max(2048)]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).max(65_536).nullish(),
  user: z.string().max(256).nullish(),
  fairlead: routingTermsSchema,
});

/** How vectors are written: lists of numbers, or base64 of little-endian 32-bit floats. */
export type EmbeddingEncoding = "float" | "base64";

/** A caller's request for vectors. */
export interface EmbeddingCall {
  readonly request: EmbedRequest;
  readonly encoding: EmbeddingEncoding;
}

/**
 * Reads the parsed JSON of an embeddings body.
 *
 * @param fromHeaders routing terms of the headers; those in the body win
 */
export function parseEmbeddingBody(json: unknown, fromHeaders: RoutingTerms = NO_TERMS): Parsed<EmbeddingCall> {
  const body = parseWith(embeddingBodySchema, json);
  if (body.kind === "invalid") return body;
  return {
    kind: "ok",
    value: { request: toEmbedRequest(body.value, fromHeaders), encoding: body.value.encoding_format ?? "float" },
  };
}

function toEmbedRequest(body: z.output<typeof embeddingBodySchema>, fromHeaders: RoutingTerms): EmbedRequest {
  const terms = mergeTerms(fromHeaders, body.fairlead as RoutingTerms | null | undefined);
  const { dimensions } = body;
  return {
    $typeName: "fairlead.routing.v1.EmbedRequest",
    input: {
      $typeName: "fairlead.chat.v1.EmbeddingInput",
      model: body.model,
      texts: typeof body.input === "string" ? [body.input] : body.input,
      endUser: body.user ?? "",
      ...(dimensions === null || dimensions === undefined ? {} : { dimensions }),
    },
    context: toContext(terms),
    policy: toPolicy(terms),
  };
}
