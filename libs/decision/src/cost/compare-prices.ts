/** Prices of a model in one list, in nano-dollars for a million tokens. Undefined: the list does not say. */
export interface PriceRow {
  readonly provider: string;
  readonly model: string;
  readonly input: bigint | undefined;
  readonly output: bigint | undefined;
  readonly cacheRead: bigint | undefined;
  readonly cacheWrite: bigint | undefined;
}

/** What is compared. */
export const PRICE_BUCKETS = ["input", "output", "cacheRead", "cacheWrite"] as const;

/** A kind of token that has a price of its own. */
export type PriceBucket = (typeof PRICE_BUCKETS)[number];

/** A model for which both lists give a price, and not the same. */
export interface PriceDifference {
  readonly left: PriceRow;
  readonly right: PriceRow;
  readonly bucket: PriceBucket;
  readonly leftNanoUsd: bigint;
  readonly rightNanoUsd: bigint;
  /** The right price over the left one; infinity where the left one is zero. */
  readonly ratio: number;
}

/** How two lists compare. Rows keep the order of their list. */
export interface PriceComparison {
  readonly onlyLeft: readonly PriceRow[];
  readonly onlyRight: readonly PriceRow[];
  /** Rows of the left list that the right one has as well and that differ in nothing that both say. */
  readonly agreeing: readonly PriceRow[];
  readonly differences: readonly PriceDifference[];
}

/** Other names for the same thing. */
export interface PriceNames {
  /** Names of providers, by other names of theirs. */
  readonly providers: Readonly<Record<string, string>>;
  /** Names of models, by `provider/alias`; the provider by its own name. */
  readonly models: Readonly<Record<string, string>>;
}

/**
 * Compares two price lists, bucket by bucket. Names are matched as they are, but for upper case, `models/` or the provider's
 * own name before the model, and the other names given: a dated or suffixed name is another model unless told otherwise.
 * Where a list has several rows for a model, each is compared with each.
 */
export function comparePrices(
  left: readonly PriceRow[],
  right: readonly PriceRow[],
  names: PriceNames,
): PriceComparison {
  const leftByName = groupByName(left, names);
  const rightByName = groupByName(right, names);
  const onlyLeft: PriceRow[] = [];
  const agreeing: PriceRow[] = [];
  const differences: PriceDifference[] = [];
  for (const row of left) {
    const others = rightByName.get(priceName(row, names)) ?? [];
    const found = others.flatMap((other) => compareRows(row, other));
    differences.push(...found);
    if (others.length === 0) onlyLeft.push(row);
    else if (found.length === 0) agreeing.push(row);
  }
  const onlyRight = right.filter((row) => !leftByName.has(priceName(row, names)));
  return { onlyLeft, onlyRight, agreeing, differences };
}

/** `provider/model` by the names that both lists share. */
export function priceName({ provider, model }: Pick<PriceRow, "provider" | "model">, names: PriceNames): string {
  const given = provider.trim().toLowerCase();
  const owner = lookUp(names.providers, given) ?? given;
  let name = model.trim().toLowerCase();
  for (const prefix of ["models/", `${given}/`, `${owner}/`]) {
    if (name.startsWith(prefix)) name = name.slice(prefix.length);
  }
  return `${owner}/${lookUp(names.models, `${owner}/${name}`) ?? name}`;
}

function lookUp(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

function groupByName(rows: readonly PriceRow[], names: PriceNames): Map<string, PriceRow[]> {
  const groups = new Map<string, PriceRow[]>();
  for (const row of rows) {
    const name = priceName(row, names);
    const same = groups.get(name);
    if (same === undefined) groups.set(name, [row]);
    else same.push(row);
  }
  return groups;
}

function compareRows(left: PriceRow, right: PriceRow): PriceDifference[] {
  return PRICE_BUCKETS.flatMap((bucket) => {
    const leftNanoUsd = left[bucket];
    const rightNanoUsd = right[bucket];
    if (leftNanoUsd === undefined || rightNanoUsd === undefined || leftNanoUsd === rightNanoUsd) return [];
    return [{ left, right, bucket, leftNanoUsd, rightNanoUsd, ratio: Number(rightNanoUsd) / Number(leftNanoUsd) }];
  });
}
