import Table from "cli-table3";
import { type CatalogueComparison, compareWithLists, type JudgedDifference } from "./compare-with-lists.ts";
import { readCatalogues } from "./read-catalogues.ts";
import { readPriceLists } from "./read-price-lists.ts";
import { readWaivers } from "./read-waivers.ts";

/** What is checked. */
export interface CatalogueCheck {
  readonly prices: string;
  readonly waivers: string;
  /** Unix milliseconds: the prices of ours that hold then are compared. */
  readonly atMs: number;
}

const WORDS = { input: "input", output: "output", cacheRead: "cache read", cacheWrite: "cache write" } as const;
/** Missing models named for each provider. */
const MOST_MISSING = 15;

/**
 * Compares the catalogue with public lists and prints what was found.
 *
 * @returns the number of differences without a waiver
 */
export function checkCatalogue({ prices, waivers, atMs }: CatalogueCheck): number {
  const listed = readPriceLists(prices);
  const comparison = compareWithLists(readCatalogues(), listed, readWaivers(waivers), atMs);
  const sources = new Set(listed.map(({ source }) => source));
  print(`Lists    ${prices}: ${listed.length} rows from ${[...sources].join(", ")}`);
  print(`Ours     prices that hold on ${new Date(atMs).toISOString().slice(0, 10)}; dollars for a million tokens`);
  print(`Waivers  ${waivers}\n`);
  showModels(comparison);
  showDifferences(comparison.differences);
  showDisputes(comparison.disputes);
  showNames("Models of ours that no list has", comparison.unlisted);
  showNames("Models of ours without a price on that day", comparison.unpriced);
  showMissing(comparison.missing);
  showNames(
    "Waivers that nothing needs any longer",
    comparison.unusedWaivers.map(({ model, bucket }) => `${model} ${bucket}`),
  );
  const unexplained = comparison.differences.filter(({ waiver }) => waiver === undefined).length;
  print(`${comparison.differences.length} differences, ${unexplained} of them without a waiver`);
  return unexplained;
}

function showModels({ models }: CatalogueComparison): void {
  const rows = models.map(({ model, lists, differing }) => {
    const judgement =
      lists.length === 0 ? "not listed" : differing.length === 0 ? "all agree" : `differs in ${differing.join(", ")}`;
    return [model, String(lists.length), judgement];
  });
  print(`${table(["model", "lists", "prices"], rows)}\n`);
}

function showDifferences(differences: readonly JudgedDifference[]): void {
  if (differences.length === 0) return print("No list differs from the catalogue in any price.\n");
  const rows = differences.map(({ model, bucket, source, difference, waiver, agreeing }) => [
    model,
    WORDS[bucket],
    dollars(difference.leftNanoUsd),
    dollars(difference.rightNanoUsd),
    `${source}: ${difference.right.provider} ${difference.right.model}`,
    agreeing.join(", ") || "none",
    waiver === undefined ? "NO WAIVER" : waiver.reason,
  ]);
  const head = ["model", "bucket", "ours", "theirs", "listed by", "lists with our price", "waiver"];
  print(`Differences\n${table(head, rows, [0, 0, 0, 0, 34, 22, 46])}\n`);
}

function showDisputes(disputes: CatalogueComparison["disputes"]): void {
  if (disputes.length === 0) return print("The lists agree with each other on all models of ours.\n");
  print("Models of ours on which the lists do not agree with each other");
  for (const { model, bucket, prices } of disputes) {
    const listed = Array.from(prices, ([source, nanoUsd]) => `${source} ${dollars(nanoUsd)}`);
    print(`  ${model} ${WORDS[bucket]}: ${listed.join(", ")}`);
  }
  print("");
}

function showMissing(missing: CatalogueComparison["missing"]): void {
  const providers = [...new Set(missing.map(({ model }) => model.split("/")[0] ?? ""))];
  for (const provider of providers) {
    const models = missing.filter(({ model }) => model.startsWith(`${provider}/`));
    const named = models
      .slice(0, MOST_MISSING)
      .map(({ model, lists }) => `${model.slice(provider.length + 1)} (${lists.length})`);
    const more = models.length > MOST_MISSING ? `, and ${models.length - MOST_MISSING} more` : "";
    print(
      `Chat models of ${provider} that two lists or more have and we do not: ${models.length}\n  ${named.join(", ")}${more}\n`,
    );
  }
}

function showNames(title: string, names: readonly string[]): void {
  if (names.length > 0) print(`${title}: ${names.length}\n  ${names.join(", ")}\n`);
}

function table(head: string[], rows: readonly string[][], widths: readonly number[] = []): string {
  const colWidths = head.map((_, column) => widths[column] || null);
  const made = new Table({ head, colWidths, wordWrap: true, style: { head: [], border: [] } });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

function dollars(nanoUsd: bigint): string {
  return `$${Number(nanoUsd) / 1e9}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
