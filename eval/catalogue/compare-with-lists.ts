import {
  comparePrices,
  PRICE_BUCKETS,
  type PriceBucket,
  type PriceDifference,
  priceName,
  type PriceNames,
  type PriceRow,
} from "@fairlead/decision/cost/compare-prices";
import { priceAt } from "@fairlead/decision/cost/price-at";
import type { CatalogueModel } from "./read-catalogues.ts";
import type { ListedPrice } from "./read-price-lists.ts";
import type { Waiver } from "./read-waivers.ts";

/** A difference with what is known of it. */
export interface JudgedDifference {
  readonly model: string;
  readonly bucket: PriceBucket;
  readonly source: string;
  readonly difference: PriceDifference;
  readonly waiver: Waiver | undefined;
  /** Lists that give the price that we have. */
  readonly agreeing: readonly string[];
}

/** How the catalogue compares with the lists. */
export interface CatalogueComparison {
  /** A row for each model of ours: lists that have it, and those of them that differ in something. */
  readonly models: readonly {
    readonly model: string;
    readonly lists: readonly string[];
    readonly differing: readonly string[];
  }[];
  readonly differences: readonly JudgedDifference[];
  /** Models of ours for which no price holds at the time. */
  readonly unpriced: readonly string[];
  readonly unlisted: readonly string[];
  /** Buckets of models of ours for which the lists do not agree with each other. */
  readonly disputes: readonly {
    readonly model: string;
    readonly bucket: PriceBucket;
    readonly prices: ReadonlyMap<string, bigint>;
  }[];
  /** Models of our providers that two lists and more have, and we do not. */
  readonly missing: readonly { readonly model: string; readonly lists: readonly string[] }[];
  readonly unusedWaivers: readonly Waiver[];
}

/** What the lists call our providers. */
const PROVIDERS: Readonly<Record<string, string>> = {
  gemini: "google",
  "vertex_ai-language-models": "google",
  vertex_ai: "google",
};

const BUCKET_KEYS: Readonly<Record<PriceBucket, Waiver["bucket"]>> = {
  input: "input",
  output: "output",
  cacheRead: "cache_read",
  cacheWrite: "cache_write",
};

/** Names of models that do not chat, or do so in a special way. */
const NOT_CHAT =
  /embed|audio|realtime|tts|transcribe|whisper|image|imagen|dall-e|sora|veo|moderation|search|computer-use|rerank|guard|davinci|babbage|ada|curie|live|robotics|ocr|tuned|ft:|aqa|speech|orpheus|lyria|deep-research|container|codex-mini/;
/** A date at the end: a snapshot of the model whose name comes before it. */
const SNAPSHOT = /[-@](\d{4}-\d\d-\d\d|\d{8}|\d{4}|\d{3})$/;

/**
 * Compares the prices that hold at a time with each list.
 *
 * @param atMs unix milliseconds
 */
export function compareWithLists(
  catalogue: readonly CatalogueModel[],
  listed: readonly ListedPrice[],
  waivers: readonly Waiver[],
  atMs: number,
): CatalogueComparison {
  const names = namesOf(catalogue);
  const { ours, unpriced } = pricesAt(catalogue, atMs);
  const lists = [...new Set(listed.map(({ source }) => source))].map((source) => {
    return {
      source,
      ...comparePrices(
        ours,
        listed.filter((row) => row.source === source),
        names,
      ),
    };
  });
  const models = ours.map((row) => ({
    model: priceName(row, names),
    lists: lists.flatMap(({ source, onlyLeft }) => (onlyLeft.includes(row) ? [] : [source])),
    differing: lists.flatMap(({ source, differences }) =>
      differences.some(({ left }) => left === row) ? [source] : [],
    ),
  }));
  const differences = lists.flatMap(({ source, differences: found }) =>
    found.map((difference) => judge(difference, source, names, listed, waivers)),
  );
  return {
    models,
    differences,
    unpriced,
    unlisted: models.filter((each) => each.lists.length === 0).map(({ model }) => model),
    disputes: findDisputes(
      models.map(({ model }) => model),
      listed,
      names,
    ),
    missing: findMissing(catalogue, listed, names),
    unusedWaivers: waivers.filter((waiver) => !differences.some((difference) => difference.waiver === waiver)),
  };
}

/** A bucket without a price of its own is billed as input. */
function pricesAt(catalogue: readonly CatalogueModel[], atMs: number): { ours: PriceRow[]; unpriced: string[] } {
  const ours: PriceRow[] = [];
  const unpriced: string[] = [];
  for (const { provider, description } of catalogue) {
    const { model } = description;
    const price = priceAt(description.prices, atMs);
    if (price === undefined) unpriced.push(`${provider}/${model}`);
    else {
      const { input, output, cacheRead = input, cacheWrite = input } = price;
      ours.push({ provider, model, input, output, cacheRead, cacheWrite });
    }
  }
  return { ours, unpriced };
}

function namesOf(catalogue: readonly CatalogueModel[]): PriceNames {
  const aliases = catalogue.flatMap(({ provider, description: { model, aliases: others } }) =>
    others.map((alias) => [`${provider}/${alias.toLowerCase()}`, model.toLowerCase()] as const),
  );
  return { providers: PROVIDERS, models: Object.fromEntries(aliases) };
}

function judge(
  difference: PriceDifference,
  source: string,
  names: PriceNames,
  listed: readonly ListedPrice[],
  waivers: readonly Waiver[],
): JudgedDifference {
  const { left, bucket, leftNanoUsd } = difference;
  const model = priceName(left, names);
  const waiver = waivers.find(
    (each) =>
      each.model === model &&
      each.bucket === BUCKET_KEYS[bucket] &&
      (each.source === undefined || each.source === source),
  );
  const same = listed.filter((row) => priceName(row, names) === model && row[bucket] === leftNanoUsd);
  return { model, bucket, source, difference, waiver, agreeing: [...new Set(same.map((row) => row.source))] };
}

/** Rows under an alias of a model speak of it too. */
function findDisputes(
  models: readonly string[],
  listed: readonly ListedPrice[],
  names: PriceNames,
): CatalogueComparison["disputes"] {
  return models.flatMap((model) =>
    PRICE_BUCKETS.flatMap((bucket) => {
      const prices = new Map<string, bigint>();
      for (const row of listed) {
        const nanoUsd = row[bucket];
        if (nanoUsd !== undefined && priceName(row, names) === model) {
          prices.set(`${row.source} (${row.provider}/${row.model})`, nanoUsd);
        }
      }
      return new Set(prices.values()).size > 1 ? [{ model, bucket, prices }] : [];
    }),
  );
}

function findMissing(
  catalogue: readonly CatalogueModel[],
  listed: readonly ListedPrice[],
  names: PriceNames,
): CatalogueComparison["missing"] {
  const providers = new Set(catalogue.map(({ provider }) => provider));
  const known = new Set(
    catalogue.map(({ provider, description }) => priceName({ provider, model: description.model }, names)),
  );
  const lists = new Map<string, Set<string>>();
  for (const row of listed) {
    const name = priceName(row, names);
    const [provider = ""] = name.split("/");
    if (!providers.has(provider) || known.has(name) || row.output === undefined) continue;
    if (NOT_CHAT.test(name) || SNAPSHOT.test(name)) continue;
    lists.set(name, (lists.get(name) ?? new Set()).add(row.source));
  }
  return [...lists]
    .flatMap(([model, sources]) => (sources.size < 2 ? [] : [{ model, lists: [...sources] }]))
    .sort((a, b) => b.lists.length - a.lists.length || (a.model < b.model ? -1 : 1));
}
