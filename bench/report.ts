import type { Phase } from "./generate-load.ts";
import type { Machine } from "./machine.ts";
import { CONNECTIONS, type Measured, RATES, type ShapeResult, STREAM_PACE, STREAM_RATE } from "./measure-shape.ts";
import type { BenchOptions } from "./options.ts";

/** A run as it is written down. */
export interface BenchReport {
  readonly machine: Machine;
  readonly method: readonly string[];
  readonly results: readonly ShapeResult[];
  /** Shapes that could not be measured, and why. */
  readonly failures: Readonly<Record<string, string>>;
}

/** Says how the figures come about. */
export function describeMethod({ seconds }: BenchOptions): string[] {
  return [
    "Load generator, shape and simulated provider (which answers at once) share this machine, each in processes of its own.",
    "A request of 1.5 KB, an answer of 1 KB; a stream of 100 chunks. The model is named, the strategy is the default.",
    `Throughput: ${CONNECTIONS} connections, each asks again when it is answered, ${seconds} s after a warm-up; streams come in a burst.`,
    `Latency: constant arrival, from when a request was due; ${seconds} s; streams: ${STREAM_RATE}/s, ${STREAM_PACE} tokens/s.`,
    "Added: minus the direct figure at the same rate. CPU: user and system of the shape's own processes, for each request.",
  ];
}

/** Writes a run for people. */
export function formatReport({ machine, method, results, failures }: BenchReport): string {
  const direct = results.find(({ shape }) => shape === "direct");
  const { cpu, cores, memoryGiB, system, node, date, loadBefore } = machine;
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, ${date}, load before the run ${loadBefore.toFixed(2)}`,
    "",
    ...method,
    "",
    table(
      ["unstreamed", "req/s", "p50 ms", "p99 ms", "errors", "CPU us", "at/s", "p50 ms", "p99 ms", "added p50", "added p99"],
      results.flatMap((result) => RATES[result.shape].map((rate, index) => wholeRow(result, direct, rate, index === 0))),
    ),
    "",
    table(
      ["streamed", "streams/s", "p99 ms", "errors", "CPU us", `at ${STREAM_RATE}/s: CPU us`, "first p50 ms", "added", "first p99 ms", "last p50 ms", "added"],
      results.map((result) => streamRow(result, direct)),
    ),
    "",
    table(
      ["shape", "processes", "ready ms", "memory MiB"],
      results.filter(({ processes }) => processes > 0).map((one) => [one.shape, String(one.processes), fixed(one.readyMs, 0), fixed(one.residentMiB, 0)]),
    ),
    "",
    ...results.filter(({ processes }) => processes > 1).map((result) => `${result.shape}, CPU us: ${shares(result.whole.throughput)}`),
    ...results.flatMap((result) => reasonsOf(result)),
    ...Object.entries(failures).map(([shape, reason]) => `${shape} could not be measured: ${reason}`),
    "",
  ].join("\n");
}

function wholeRow({ shape, whole }: ShapeResult, direct: ShapeResult | undefined, rate: number, first: boolean): string[] {
  const { throughput } = whole;
  const flood = [fixed(throughput.perSecond, 0), fixed(throughput.latency.p50), fixed(throughput.latency.p99), errorsOf(whole), cpuOf(throughput)];
  const own = whole.latency[rate]?.latency;
  const base = direct?.whole.latency[rate]?.latency;
  const added = shape === "direct" ? ["", ""] : [difference(own?.p50, base?.p50), difference(own?.p99, base?.p99)];
  return [first ? shape : "", ...(first ? flood : flood.map(() => "")), String(rate), fixed(own?.p50), fixed(own?.p99), ...added];
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

function phasesOf({ throughput, latency }: Measured): Phase[] {
  return [throughput, ...Object.values(latency)];
}

function errorsOf(measured: Measured): string {
  return String(phasesOf(measured).reduce((sum, { errors }) => sum + errors, 0));
}

function reasonsOf({ shape, whole, streamed }: ShapeResult): string[] {
  const reasons = new Set([...phasesOf(whole), ...phasesOf(streamed)].flatMap((phase) => phase.reasons));
  return reasons.size === 0 ? [] : [`${shape}, errors: ${[...reasons].join("; ")}`];
}

function cpuOf(phase: Phase | undefined): string {
  const spent = Object.values(phase?.cpuMicroseconds ?? {});
  return spent.length === 0 ? "" : fixed(spent.reduce((sum, one) => sum + one, 0), 0);
}

function shares({ cpuMicroseconds }: Phase): string {
  const sorted = Object.entries(cpuMicroseconds).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, spent]) => `${name} ${fixed(spent, 0)}`).join(", ");
}

function difference(own: number | undefined, base: number | undefined): string {
  return own === undefined || base === undefined ? "" : fixed(own - base);
}

function fixed(value: number | undefined, digits = 2): string {
  return value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}
