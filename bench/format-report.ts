import type { Phase } from "./generate-load.ts";
import type { DecisionResult } from "./measure-decision.ts";
import { type Measured, RATES, type ShapeResult, STREAM_RATE } from "./measure-shape.ts";
import type { BenchReport } from "./report.ts";
import { formatTable } from "./format-table.ts";

/** Cores that others keep busy from which on the reader is told. */
const DISTURBING_CORES = 0.2;

const WHOLE_HEAD = ["unstreamed", "req/s", "p50 ms", "p99 ms", "errors", "CPU us", "at/s", "p50 ms", "p99 ms"];
const STREAM_HEAD = ["streamed", "streams/s", "p99 ms", "errors", "CPU us", `at ${STREAM_RATE}/s: CPU us`];
const STREAM_TIMES = ["first p50 ms", "added", "first p99 ms", "last p50 ms", "added"];

/** Writes a run for people. */
export function formatReport({ machine, method, decision, results, failures }: BenchReport): string {
  const direct = results.find(({ shape }) => shape === "direct");
  const { cpu, cores, memoryGiB, system, node, date, loadBefore } = machine;
  const sizes = results.filter((result) => processesOf(result) > 0).map(sizeRow);
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`,
    `${date}, load before the run ${loadBefore.toFixed(2)}`,
    "",
    ...method,
    "",
    ...decisionTable(decision),
    ...(results.length === 0 ? [] : shapeTables(results, direct)),
    ...(sizes.length === 0 ? [] : [formatTable(["shape", "processes", "ready ms", "memory MiB"], sizes), ""]),
    ...results.filter((result) => processesOf(result) > 1).flatMap(sharesOf),
    ...results.flatMap(disturbances),
    ...results.flatMap(reasonsOf),
    ...Object.entries(failures).map(([shape, reason]) => `${shape} could not be measured: ${reason}`),
    "",
  ].join("\n");
}

function decisionTable(decision: DecisionResult): string[] {
  const rows = Object.entries(decision).map(([name, { p50, p99 }]) => [name, fixed(p50, 1), fixed(p99, 1)]);
  return rows.length === 0 ? [] : [formatTable(["decision", "p50 us", "p99 us"], rows), ""];
}

function shapeTables(results: readonly ShapeResult[], direct: ShapeResult | undefined): string[] {
  const wholeRows = results.flatMap((result) => RATES[result.shape].map((rate) => wholeRow(result, direct, rate)));
  return [
    formatTable([...WHOLE_HEAD, "added p50", "added p99"], wholeRows),
    "",
    formatTable([...STREAM_HEAD, ...STREAM_TIMES], results.map((result) => streamRow(result, direct))),
    "",
  ];
}

function wholeRow({ shape, whole }: ShapeResult, direct: ShapeResult | undefined, rate: number): string[] {
  const { perSecond, latency } = whole.throughput;
  const flood = [fixed(perSecond, 0), fixed(latency.p50), fixed(latency.p99), errorsOf(whole), cpuOf(whole.throughput)];
  const own = whole.latency[rate]?.latency;
  const base = shape === "direct" ? undefined : direct?.whole.latency[rate]?.latency;
  const added = [difference(own?.p50, base?.p50), difference(own?.p99, base?.p99)];
  // What does not depend on the rate is written once.
  const once = RATES[shape][0] === rate ? [shape, ...flood] : ["", ...flood.map(() => "")];
  return [...once, String(rate), fixed(own?.p50), fixed(own?.p99), ...added];
}

function streamRow({ shape, streamed }: ShapeResult, direct: ShapeResult | undefined): string[] {
  const { throughput, latency } = streamed;
  const own = latency[STREAM_RATE];
  const base = shape === "direct" ? undefined : direct?.streamed.latency[STREAM_RATE];
  return [
    shape,
    fixed(throughput.perSecond, 0),
    fixed(throughput.latency.p99),
    errorsOf(streamed),
    cpuOf(throughput),
    cpuOf(own),
    fixed(own?.firstToken?.p50),
    difference(own?.firstToken?.p50, base?.firstToken?.p50),
    fixed(own?.firstToken?.p99),
    fixed(own?.latency.p50),
    difference(own?.latency.p50, base?.latency.p50),
  ];
}

function sizeRow(result: ShapeResult): string[] {
  return [result.shape, String(processesOf(result)), fixed(result.readyMs, 0), fixed(sumOf(result.residentMiB), 0)];
}

function processesOf({ residentMiB }: ShapeResult): number {
  return Object.keys(residentMiB).length;
}

/** What each process takes part with. */
function sharesOf({ shape, whole, streamed, residentMiB }: ShapeResult): string[] {
  return [
    `${shape}, CPU us a request: ${dearestFirst(whole.throughput.cpuMicroseconds)}`,
    `${shape}, CPU us a stream: ${dearestFirst(streamed.throughput.cpuMicroseconds)}`,
    `${shape}, memory MiB: ${dearestFirst(residentMiB)}`,
  ];
}

function dearestFirst(shares: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, share]) => `${name} ${fixed(share, 0)}`).join(", ");
}

function sumOf(shares: Readonly<Record<string, number>>): number {
  return Object.values(shares).reduce((sum, one) => sum + one, 0);
}

function disturbances({ shape, whole, streamed }: ShapeResult): string[] {
  const most = Math.max(...[...phasesOf(whole), ...phasesOf(streamed)].map(({ foreignCores }) => foreignCores));
  return most < DISTURBING_CORES ? [] : [`${shape}: disturbed, other programs kept up to ${fixed(most)} cores busy`];
}

function reasonsOf({ shape, whole, streamed }: ShapeResult): string[] {
  const reasons = new Set([...phasesOf(whole), ...phasesOf(streamed)].flatMap((phase) => phase.reasons));
  return reasons.size === 0 ? [] : [`${shape}, errors: ${[...reasons].join("; ")}`];
}

function phasesOf({ throughput, latency }: Measured): Phase[] {
  return [throughput, ...Object.values(latency)];
}

function errorsOf(measured: Measured): string {
  return String(phasesOf(measured).reduce((sum, { errors }) => sum + errors, 0));
}

function cpuOf(phase: Phase | undefined): string {
  const spent = phase?.cpuMicroseconds ?? {};
  return Object.keys(spent).length === 0 ? "" : fixed(sumOf(spent), 0);
}

function difference(own: number | undefined, base: number | undefined): string {
  return own === undefined || base === undefined ? "" : fixed(own - base);
}

function fixed(value: number | undefined, digits = 2): string {
  return value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits);
}
