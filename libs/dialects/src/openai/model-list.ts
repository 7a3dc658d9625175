import type { ListedModel, ListModelsResponse } from "@fairlead/contracts/routing/v1/router_service";

/** A model as OpenAI lists it. */
export interface ModelBody {
  /** What to ask for: the model's own id, or "provider/model". */
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970. */
  readonly created: number;
  readonly owned_by: string;
}

export interface ModelList {
  readonly object: "list";
  readonly data: readonly ModelBody[];
}

/**
 * The models that can be asked for. Each is listed by its own id, which leaves the provider open, and as
 * "provider/model", which does not; an id that several providers offer is listed once.
 *
 * @param created seconds since 1970 to give where OpenAI's shape wants a time and none is known
 */
export function toModelList({ models }: ListModelsResponse, created: number): ModelList {
  const data = new Map<string, ModelBody>();
  for (const listed of models) {
    for (const id of idsOf(listed)) {
      if (!data.has(id)) data.set(id, { id, object: "model", created, owned_by: listed.provider });
    }
  }
  return { object: "list", data: [...data.values()] };
}

function idsOf({ provider, description }: ListedModel): string[] {
  return description === undefined ? [] : [description.model, `${provider}/${description.model}`];
}
