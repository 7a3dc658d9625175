import { EmbeddingPurpose, type TokenList } from "@fairlead/contracts/chat/v1/embedding";
import type { EmbedRequest } from "@fairlead/contracts/routing/v1/router_service";
import { z } from "zod";
import { keepUnknownFields, noLeftovers, toUnknownFields } from "../leftovers.ts";
import { type Parsed, parsed, type Violation } from "../parsed.ts";
import { mergeTerms, NO_TERMS, type RoutingTerms, routingTermsSchema, toContext, toPolicy } from "../routing-terms.ts";
import { withinStack } from "../within-stack.ts";
import { parseWith } from "../zod-violations.ts";
import { modelSchema } from "./chat-body.ts";
import { OPENAI_CHAT } from "./dialect.ts";

/** The contract's bounds of a list of texts and of a text as tokens. */
const MOST_TEXTS = 2_048;
const MOST_TOKENS = 131_072;

const text = z.string().min(1);
const token = z.int().min(0).max(0xffffffff);
const list = z
  .array(z.union([text, token, z.array(token).min(1).max(MOST_TOKENS)]))
  .min(1)
  .max(MOST_TOKENS)
  .superRefine((items, context) => {
    const kind = typeof items[0];
    const other = items.findIndex((item) => typeof item !== kind);
    const issue = { code: "custom", message: "All of a list are texts, tokens, or lists of tokens." } as const;
    if (other >= 0) context.addIssue({ ...issue, path: [other], params: { rule: "type" } });
    const most = kind === "number" ? MOST_TOKENS : MOST_TEXTS;
    if (items.length > most) context.addIssue({ code: "custom", message: `There may be at most ${most} texts.`, params: { rule: "max" } });
  });

const embeddingBodySchema = z.looseObject({
  model: modelSchema,
  input: z.union([text, list]),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).max(65_536).nullish(),
  user: z.string().max(256).nullish(),
  input_type: z.string().min(1).max(64).nullish(),
  fairlead: routingTermsSchema,
});

type EmbeddingBody = z.output<typeof embeddingBodySchema>;

const FIELDS: ReadonlySet<string> = new Set(Object.keys(embeddingBodySchema.shape));

/** What vectors are for, in the words of the servers that speak of it. */
const PURPOSES: ReadonlyMap<string, EmbeddingPurpose> = new Map([
  ["document", EmbeddingPurpose.SEARCH_DOCUMENT],
  ["passage", EmbeddingPurpose.SEARCH_DOCUMENT],
  ["search_document", EmbeddingPurpose.SEARCH_DOCUMENT],
  ["query", EmbeddingPurpose.SEARCH_QUERY],
  ["search_query", EmbeddingPurpose.SEARCH_QUERY],
  ["classification", EmbeddingPurpose.CLASSIFICATION],
  ["clustering", EmbeddingPurpose.CLUSTERING],
]);

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
  return withinStack(() => {
    const body = parseWith(embeddingBodySchema, json);
    if (body.kind === "invalid") return body;
    const violations: Violation[] = [];
    const request = toEmbedRequest(body.value, fromHeaders, violations);
    return parsed({ request, encoding: body.value.encoding_format ?? "float" }, violations);
  });
}

function toEmbedRequest(body: EmbeddingBody, fromHeaders: RoutingTerms, violations: Violation[]): EmbedRequest {
  const terms = mergeTerms(fromHeaders, body.fairlead as RoutingTerms | null | undefined);
  const { dimensions, input_type: type } = body;
  const purpose = PURPOSES.get(type?.toLowerCase() ?? "");
  const leftovers = noLeftovers();
  keepUnknownFields(leftovers, body, FIELDS);
  if (purpose === undefined && type !== null && type !== undefined) leftovers.top.set("input_type", type);
  return {
    $typeName: "fairlead.routing.v1.EmbedRequest",
    input: {
      $typeName: "fairlead.chat.v1.EmbeddingInput",
      model: body.model,
      ...toInput(body.input),
      endUser: body.user ?? "",
      purpose: purpose ?? EmbeddingPurpose.UNSPECIFIED,
      unknownFields: toUnknownFields(leftovers, OPENAI_CHAT, violations),
      ...(dimensions === null || dimensions === undefined ? {} : { dimensions }),
    },
    context: toContext(terms),
    policy: toPolicy(terms),
  };
}

/** One text or several, or the same as tokens of the model. */
function toInput(input: EmbeddingBody["input"]): { readonly texts: string[]; readonly tokenLists: TokenList[] } {
  if (typeof input === "string") return { texts: [input], tokenLists: [] };
  if (typeof input[0] === "string") return { texts: input as string[], tokenLists: [] };
  const lists = typeof input[0] === "number" ? [input as number[]] : (input as number[][]);
  return { texts: [], tokenLists: lists.map((list) => ({ $typeName: "fairlead.chat.v1.TokenList", tokens: list })) };
}
