import { basename, extname, join } from "node:path";
import { capacityOf, type FleetTarget, makeFleet } from "./balancing/fleet.ts";
import { type Measured, measure } from "./balancing/measure.ts";
import { type BalancingOptions, HELP, readOptions } from "./balancing/options.ts";
import { randomBalancer } from "./balancing/random-balancer.ts";
import { readTrace, type TraceRequest } from "./balancing/read-trace.ts";
import { degradationTable, fleetTable, measuredTable, writeCharts, YARDSTICKS } from "./balancing/report.ts";
import { replay, SNAPSHOT_MS } from "./balancing/simulate.ts";
import { InputError } from "./read-table.ts";

/** Full load as a part of what the targets can serve. */
const FULL_LOAD = 0.8;

try {
  const options = readOptions(process.argv.slice(2), join(import.meta.dirname, "results"));
  if (options === undefined) process.stdout.write(HELP);
  else await evaluate(options);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function evaluate(options: BalancingOptions): Promise<void> {
  const trace = readTrace(options.trace);
  const fleet = makeFleet(options.targets);
  const recordedRate = recordedRateOf(options.trace, trace);
  const fullRate = capacityOf(fleet, trace) * FULL_LOAD;
  print(`Trace ${options.trace}: ${trace.length} requests, ${recordedRate.toFixed(2)} a second as recorded.`);
  print(`${options.routers} routers, snapshots every ${SNAPSHOT_MS} ms, ${options.weights} weights, seed ${options.seed}.`);
  print(fleetTable(fleet));
  print(`Full load is ${fullRate.toFixed(1)} requests a second, ${FULL_LOAD * 100} % of what the targets can serve without a cached prompt.`);
  const rows: Measured[] = [];
  for (const { speedup, utilisation } of runsOf(options, fullRate / recordedRate)) {
    print(`\nAt ${utilisation} of full load, ${speedup.toFixed(2)} times as fast as recorded:`);
    const measured = measureAll(options, trace, fleet, speedup, utilisation);
    print(measuredTable(measured));
    rows.push(...measured);
  }
  print("Spread is the largest deviation of a target from its intended share; algorithms that follow measured figures leave the shares on purpose.");
  print("Yardsticks: random draws by weight; one_queue lets the fastest free target serve from one common queue, which no router could know.");
  if (options.speedup === undefined && options.utilisations.length > 1) {
    const lowest = Math.min(...options.utilisations);
    const highest = Math.max(...options.utilisations);
    print(`\n${degradationTable(rows, lowest, highest)}`);
  }
  const paths = await writeCharts(options.out, basename(options.trace, extname(options.trace)), rows);
  for (const path of paths) print(`Wrote ${path}`);
}

function measureAll(
  { balancers, routers, weights, seed }: BalancingOptions,
  trace: readonly TraceRequest[],
  fleet: readonly FleetTarget[],
  speedup: number,
  utilisation: number,
): Measured[] {
  const [random, oneQueue] = YARDSTICKS;
  const entrants = [
    ...balancers.map((balancer) => ({ name: balancer.name, balancer })),
    { name: random, balancer: randomBalancer },
    { name: oneQueue, balancer: undefined },
  ];
  return entrants.map(({ name, balancer }) =>
    measure(name, utilisation, fleet, replay({ trace, fleet, balancer, routers, speedup, seed, weights })),
  );
}

function runsOf(options: BalancingOptions, fullSpeedup: number): { speedup: number; utilisation: number }[] {
  const { speedup, utilisations } = options;
  if (speedup !== undefined) return [{ speedup, utilisation: Number((speedup / fullSpeedup).toFixed(3)) }];
  return utilisations.map((utilisation) => ({ speedup: utilisation * fullSpeedup, utilisation }));
}

function recordedRateOf(path: string, trace: readonly TraceRequest[]): number {
  const lastsMs = trace.at(-1)?.atMs ?? 0;
  if (lastsMs <= 0) throw new InputError(`${path}: all requests came at the same time`);
  return (trace.length * 1_000) / lastsMs;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
