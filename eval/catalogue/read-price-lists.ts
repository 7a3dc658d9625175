import type { PriceRow } from "@fairlead/decision/cost/compare-prices";
import { z } from "zod";
import { readCsv } from "../read-table.ts";

/** A row of a public price list. */
export interface ListedPrice extends PriceRow {
  readonly source: string;
  /** What the list says that the model can do or take. */
  readonly capabilities: readonly string[];
}

/** Lists carry rounding noise of doubles; a thousandth of a cent is less than any price differs by. */
const DIGITS = 1e6;

const price = z.string().transform((text, context) => {
  if (text.trim() === "") return undefined;
  const dollars = Number(text);
  if (dollars >= 0 && dollars <= 1e6) return BigInt(Math.round(dollars * DIGITS)) * 1000n;
  context.addIssue({ code: "custom", message: `"${text}" is not a number of dollars` });
  return z.NEVER;
});

const row = z.object({
  source: z.string().min(1),
  provider: z.string().min(1),
  model: z.string().min(1),
  input_usd_per_mtok: price,
  output_usd_per_mtok: price,
  cache_read_usd_per_mtok: price,
  cache_write_usd_per_mtok: price,
  capabilities: z.string().default(""),
});

/**
 * Reads public price lists.
 *
 * @throws InputError with file, line and column where a value cannot be used
 */
export function readPriceLists(path: string): ListedPrice[] {
  return readCsv(path, row).map((each) => ({
    source: each.source,
    provider: each.provider,
    model: each.model,
    input: each.input_usd_per_mtok,
    output: each.output_usd_per_mtok,
    cacheRead: each.cache_read_usd_per_mtok,
    cacheWrite: each.cache_write_usd_per_mtok,
    capabilities: each.capabilities.split("|").filter((name) => name !== ""),
  }));
}
