import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readModels } from "@fairlead/adapter-kit/read-models";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import { type Loose, object, text } from "./json.ts";

/** What is told of every model that an adapter does not know. Its prices are made up. */
const UNKNOWN = {
  kind: "chat",
  tier: "balanced",
  capabilities: ["tools", "streaming", "vision", "audio_input", "audio_output", "files", "structured_output", "reasoning"],
  context_window_tokens: 2_000_000,
  max_output_tokens: 131_072,
  strengths: { overall: 0.5 },
  typical_first_token_ms: 500,
  typical_tokens_per_second: 100,
  prices: [{ input: "1", output: "2" }],
} as const;

/** Traits that unknown models may be given; an adapter takes the first that it knows. */
export const TRAITS = ["any effort", "of a like model", "none"] as const;

/** What a models file is made of. */
export interface ModelsFile {
  readonly file: string;
  /** Names that must mean a model. */
  readonly models: ReadonlySet<string>;
  /** What the adapter offers by itself. */
  readonly known: readonly ModelDescription[];
  /** File with the adapter's own models; it may not be there. */
  readonly own: URL;
  /** True has every model asked by the Responses API, where its adapter chooses by model. */
  readonly byResponses: boolean;
}

const DATED = /-(\d{8}|\d{4}-\d{2}-\d{2}|\d{4})$/;
const ANY_EFFORT = { reasoning_efforts: ["none", "minimal", "low", "medium", "high"] };

/** Writes a models file with those of the models that an adapter does not offer under that name, or as a dated snapshot. */
export function writeModelsFile({ file, models, known, own, byResponses }: ModelsFile, traits: (typeof TRAITS)[number]): void {
  const entries = (readModels(fileURLToPath(own)) ?? []).map(({ entry }) => entry);
  const api = byResponses && traits !== "none" ? { api: "responses" } : {};
  const written = new Map<string, Loose>();
  for (const name of models) {
    const found = known.find(({ model, aliases }) =>
      [model, ...aliases].some((one) => one === name || one === name.replace(DATED, "")),
    )?.model;
    if (found === undefined)
      written.set(name, {
        ...UNKNOWN,
        ...withTraits(traits === "any effort" ? ANY_EFFORT : traits === "none" ? {} : like(entries, name), api),
      });
    else if (byResponses) written.set(found, withTraits(object(entries.find(({ model }) => model === found)?.["traits"]), api));
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ models: [...written].map(([model, entry]) => ({ model, ...entry })) }));
}

function withTraits(own: Loose, more: Loose): Loose {
  const traits = { ...own, ...more };
  return Object.keys(traits).length === 0 ? {} : { traits };
}

/** Traits of the model whose name begins most like another's. */
function like(entries: readonly Loose[], name: string): Loose {
  const chats = entries.filter(({ kind, traits }) => kind === "chat" && traits !== undefined);
  const [nearest] = chats.toSorted((one, other) => alike(text(other["model"]), name) - alike(text(one["model"]), name));
  return object(nearest?.["traits"]);
}

/** Letters that two names begin with alike. */
function alike(one: string, other: string): number {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared += 1;
  return shared;
}
