import { type ModelDescription, ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { ListModelsResponse } from "@fairlead/contracts/routing/v1/router_service";
import { z } from "zod";
import type { Parsed } from "../parsed.ts";
import { parseWith } from "../zod-violations.ts";

/** A model as Anthropic lists it. */
export interface ModelInfo {
  readonly type: "model";
  /** What to ask for: the model's own id, or "provider/model". */
  readonly id: string;
  readonly display_name: string;
  /** The beginning of time, as Anthropic writes it where a date is not known. */
  readonly created_at: string;
  readonly max_input_tokens: number;
  /** Tokens of an answer at most; null: not known. */
  readonly max_tokens: number | null;
}

/** A page of models. */
export interface ModelPage {
  readonly data: readonly ModelInfo[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

const UNKNOWN_DATE = "1970-01-01T00:00:00Z";

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  before_id: z.string().max(512).optional(),
  after_id: z.string().max(512).optional(),
});

/** Which page of models is wanted. */
export type ModelPageQuery = z.output<typeof pageSchema>;

/** Reads the query of a request for models; what is not known in it is left out. */
export function parseModelPage(query: string): Parsed<ModelPageQuery> {
  return parseWith(pageSchema, Object.fromEntries(new URLSearchParams(query)));
}

/**
 * The models that can be chatted with. Each is listed by its own id, which leaves the provider open, and as
 * "provider/model", which does not; an id that several providers offer is listed once.
 */
export function toModelInfos({ models }: ListModelsResponse): ModelInfo[] {
  const infos = new Map<string, ModelInfo>();
  for (const { provider, description } of models) {
    if (description?.kind !== ModelKind.CHAT) continue;
    for (const id of [description.model, `${provider}/${description.model}`]) {
      if (!infos.has(id)) infos.set(id, toModelInfo(id, description));
    }
  }
  return [...infos.values()];
}

function toModelInfo(id: string, { contextWindowTokens, maxOutputTokens }: ModelDescription): ModelInfo {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: UNKNOWN_DATE,
    max_input_tokens: contextWindowTokens,
    max_tokens: maxOutputTokens === 0 ? null : maxOutputTokens,
  };
}

/** A page of models: what follows one, or the last before one, or the first. */
export function toModelPage(models: readonly ModelInfo[], { limit, after_id: after, before_id: before }: ModelPageQuery): ModelPage {
  const start = after === undefined ? 0 : placeOf(models, after) + 1;
  const end = before === undefined ? models.length : placeOf(models, before);
  const within = models.slice(start, Math.max(start, end));
  const data = after === undefined && before !== undefined ? within.slice(-limit) : within.slice(0, limit);
  return { data, has_more: data.length < within.length, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** Nothing follows, or comes before, a model that is not there. */
function placeOf(models: readonly ModelInfo[], id: string): number {
  const place = models.findIndex((model) => model.id === id);
  return place < 0 ? models.length : place;
}
