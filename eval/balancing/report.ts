import Table from "cli-table3";
import { barChart } from "../chart/bar-chart.ts";
import { lineChart } from "../chart/line-chart.ts";
import { writeSvg } from "../chart/write-svg.ts";
import { DEGRADED, DEGRADED_FROM, DEGRADED_UNTIL, type FleetTarget } from "./fleet.ts";
import type { Measured } from "./measure.ts";

/** The fleet as a table. */
export function fleetTable(fleet: readonly FleetTarget[]): string {
  const table = new Table({
    head: ["target", "weight", "input tokens/s", "output tokens/s", "slots", "remark"],
    style: { head: [], border: [], compact: true },
  });
  for (const target of fleet) {
    const { key, weight, prefillPerSecond, decodePerSecond, slots, note } = target;
    table.push([key, weight, prefillPerSecond, decodePerSecond, slots, note]);
  }
  const window = `${DEGRADED_FROM * 100} % and ${DEGRADED_UNTIL * 100} %`;
  return `${table.toString()}\nSpeeds are for each slot. Between ${window} of the trace the first target runs at ${DEGRADED * 100} % of its speed.`;
}

/** What was measured at one utilisation. */
export function measuredTable(rows: readonly Measured[]): string {
  const table = new Table({
    head: [
      "algorithm",
      "mean s",
      "p50 s",
      "p99 s",
      "first token p99 s",
      "request spread",
      "token spread",
      "tokens/s",
      "cached prefix",
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right", "right"],
  });
  for (const row of rows) {
    table.push([
      row.algorithm,
      seconds(row.meanMs),
      seconds(row.p50Ms),
      seconds(row.p99Ms),
      seconds(row.firstTokenP99Ms),
      percent(row.requestSpread),
      percent(row.tokenSpread),
      row.tokensPerSecond.toFixed(0),
      Number.isNaN(row.cacheHitShare) ? "-" : percent(row.cacheHitShare),
    ]);
  }
  return table.toString();
}

/** How the 99th percentile changes from the lowest utilisation to the highest. */
export function degradationTable(rows: readonly Measured[], lowest: number, highest: number): string {
  const table = new Table({
    head: ["algorithm", `p99 s at ${lowest}`, `p99 s at ${highest}`, "change", "below 10 %"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "left"],
  });
  for (const low of rows.filter((row) => row.utilisation === lowest)) {
    const high = rows.find((row) => row.utilisation === highest && row.algorithm === low.algorithm);
    if (high === undefined) continue;
    const change = high.p99Ms / low.p99Ms - 1;
    table.push([low.algorithm, seconds(low.p99Ms), seconds(high.p99Ms), percent(change), change < 0.1 ? "yes" : "no"]);
  }
  return table.toString();
}

/**
 * Draws the latency quantiles at each utilisation and the 99th percentiles of all.
 *
 * @returns paths of the files
 */
export async function writeCharts(directory: string, name: string, rows: readonly Measured[]): Promise<string[]> {
  const paths: string[] = [];
  const utilisations = [...new Set(rows.map((row) => row.utilisation))];
  for (const utilisation of utilisations) {
    const svg = await lineChart({
      title: `Latency by algorithm at ${utilisation} of full load, ${name}`,
      x: "share of requests in percent",
      y: "latency in seconds",
      series: rows
        .filter((row) => row.utilisation === utilisation)
        .map((row) => ({ name: row.algorithm, points: row.quantiles, dashed: isYardstick(row.algorithm) })),
    });
    paths.push(await writeSvg(directory, `balancing-${name}-latency-${utilisation}`, svg));
  }
  const bars = rows.map((row) => ({
    name: row.algorithm,
    group: `${row.utilisation} of full load`,
    value: row.p99Ms / 1_000,
  }));
  const title = `99th percentile of the latency by algorithm, ${name}`;
  const svg = await barChart({ title, x: "algorithm", y: "p99 latency in seconds", bars });
  paths.push(await writeSvg(directory, `balancing-${name}-p99`, svg));
  return paths;
}

/** Names of what algorithms are held against. */
export const YARDSTICKS = ["random", "one_queue"] as const;

function isYardstick(name: string): boolean {
  return (YARDSTICKS as readonly string[]).includes(name);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
