import { asCount, asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";

/** A model that a server has, as its list tells it. */
export interface ListedModel {
  readonly name: string;
  /** Changes with the model. */
  readonly digest: string;
  /** True when another server runs it, which may ask for money. */
  readonly remote: boolean;
}

/** The models of a server's list. */
export function readListing(json: unknown, most: number): ListedModel[] {
  const listed = asList(asObject(json)["models"]).slice(0, most).map(asObject);
  return listed.flatMap((model) => {
    const name = asText(model["model"]) || asText(model["name"]);
    const remote = asText(model["remote_host"]) !== "";
    return /^[a-zA-Z0-9][a-zA-Z0-9._:/@+-]{0,255}$/.test(name)
      ? [{ name, digest: asText(model["digest"]), remote }]
      : [];
  });
}

/**
 * What a server shows of a model, as an entry of models.yaml. Undefined where it is of no use here, such as a model
 * that ranks.
 *
 * @param json the answer of /api/show
 */
export function toModelEntry({ name, remote }: ListedModel, json: unknown): JsonObject | undefined {
  const shown = asObject(json);
  const facts = asObject(shown["model_info"]);
  const can = readCapabilities(shown, facts);
  const kind = can.has("completion") ? "chat" : can.has("embedding") ? "embedding" : undefined;
  if (kind === undefined) return undefined;
  const window = readNumber(facts, ".context_length") || LEAST_WINDOW;
  const billions = readBillions(shown, facts);
  return {
    ...toNames(name),
    kind,
    tier: billions >= 60 ? "flagship" : billions >= 12 ? "balanced" : "efficient",
    capabilities:
      kind === "chat" ? CAPABILITIES.flatMap(([told, meant]) => (told === "" || can.has(told) ? [meant] : [])) : [],
    context_window_tokens: window,
    max_output_tokens: kind === "chat" ? window : 0,
    strengths: { overall: strengthOf(billions) },
    typical_first_token_ms: 500,
    typical_tokens_per_second: Math.min(200, Math.max(2, Math.round(400 / Math.max(billions, 1)))),
    // What another server runs may ask for money, and nothing tells how much.
    ...(remote ? {} : { prices: [{ input: "0", output: "0", free: true }] }),
    ...toTraits(shown, facts),
  };
}

/** Tokens of context where none are told: what servers give at least. */
const LEAST_WINDOW = 4_096;

/**
 * Names of capabilities, Ollama's and those of models.yaml. Servers hold every model to a schema and stream every
 * answer.
 */
const CAPABILITIES: readonly (readonly [told: string, meant: string])[] = [
  ["", "streaming"],
  ["", "structured_output"],
  ["tools", "tools"],
  ["vision", "vision"],
  ["thinking", "reasoning"],
];

/** A model without a tag is the same as that with the tag latest, so it goes by the shorter name. */
export function toNames(name: string): { readonly model: string; readonly aliases: string[] } {
  const short = name.replace(/:latest$/, "");
  return { model: short, aliases: short === name ? [] : [name] };
}

/** Older servers tell no capabilities; encoders make vectors, and templates that know tools take them. */
function readCapabilities(shown: JsonObject, facts: JsonObject): ReadonlySet<string> {
  const told = asList(shown["capabilities"]).filter((name) => typeof name === "string");
  if (told.length > 0) return new Set(told);
  if (/bert|embed/.test(asText(facts["general.architecture"]))) return new Set(["embedding"]);
  return new Set(asText(shown["template"]).includes(".Tools") ? ["completion", "tools"] : ["completion"]);
}

function readNumber(facts: JsonObject, ending: string): number {
  const key = Object.keys(facts).find((name) => name.endsWith(ending));
  return key === undefined ? 0 : asCount(facts[key]);
}

/** Billions of parameters; 0 where they are not told. */
function readBillions(shown: JsonObject, facts: JsonObject): number {
  const [, size, unit] = /^([\d.]{1,12})([BMK])$/.exec(asText(asObject(shown["details"])["parameter_size"])) ?? [];
  const count = facts["general.parameter_count"];
  if (size !== undefined) return Number(size) / (unit === "B" ? 1 : unit === "M" ? 1_000 : 1_000_000) || 0;
  return typeof count === "number" && count > 0 ? count / 1e9 : 0;
}

/** A starting value by size alone: 0.35 for a billion parameters, 0.06 more with each doubling. */
function strengthOf(billions: number): number {
  const score = 0.35 + 0.06 * Math.log2(Math.max(billions, 0.25));
  return Math.round(Math.min(0.8, Math.max(0.1, score)) * 100) / 100;
}

function toTraits(shown: JsonObject, facts: JsonObject): { readonly traits?: JsonObject } {
  const given = /^num_ctx\s+(\d{1,9})\s*$/m.exec(asText(shown["parameters"]))?.[1];
  const levels = asText(facts["general.architecture"]) === "gptoss";
  if (given === undefined && !levels) return {};
  return {
    traits: { ...(levels ? { think_levels: true } : {}), ...(given === undefined ? {} : { num_ctx: Number(given) }) },
  };
}
