import { setTimeout as pause } from "node:timers/promises";
import { type Phase, startLoadGenerator } from "./generate-load.ts";
import type { Arrival } from "./load-job.ts";
import { residentMiB } from "./process-usage.ts";
import { type ShapeName, startShape } from "./shapes.ts";
import type { Simulator } from "./simulator.ts";

/** What was found of a shape. */
export interface ShapeResult {
  readonly shape: ShapeName;
  /** Milliseconds from its start to being ready. */
  readonly readyMs: number;
  /** MiB after the run, by process. */
  readonly residentMiB: Readonly<Record<string, number>>;
  readonly whole: Measured;
  readonly streamed: Measured;
}

/** One kind of requests: as many as it can, and at rates that it should bear with ease. */
export interface Measured {
  readonly throughput: Phase;
  /** By requests a second. */
  readonly latency: Readonly<Record<number, Phase>>;
}

/** Requests a second at which the latency of a shape is taken; what is held against it is taken at the same. */
export const RATES: Readonly<Record<ShapeName, readonly number[]>> = {
  direct: [500, 300],
  proxy: [500],
  "embedded-http": [500],
  "embedded-grpc": [500],
  "mesh-http": [300],
  "mesh-grpc": [300],
};
export const STREAM_RATE = 20;
/** Tokens a second of the streams whose latency is taken; those of the throughput come at once. */
export const STREAM_PACE = 500;
export const CONNECTIONS = 64;

/** Seconds at full load until a shape's code is compiled: the more processes share a machine, the longer that takes. */
const WARM_UP_SECONDS: Readonly<Record<ShapeName, number>> = {
  direct: 3,
  proxy: 3,
  "embedded-http": 10,
  "embedded-grpc": 10,
  "mesh-http": 30,
  "mesh-grpc": 30,
};
const STREAM_WARM_UP_SECONDS = 2;
const SHORT_WARM_UP_SECONDS = 1;
/** Milliseconds between phases, for what a flood leaves to be done. */
const SETTLE_MS = 500;

/** Starts a shape, measures it, and ends it. */
export async function measureShape(name: ShapeName, simulator: Simulator, seconds: number): Promise<ShapeResult> {
  const shape = await startShape(name, simulator);
  const generator = startLoadGenerator();
  const around = [{ name: "simulator", pid: simulator.pid }];
  const phase = async (streamed: boolean, arrival: Arrival, warmUpSeconds = SHORT_WARM_UP_SECONDS) => {
    const job = { door: shape.door, streamed, arrival, warmUpSeconds, seconds };
    const measured = await generator.run(job, shape.processes(), around);
    shape.check();
    await pause(SETTLE_MS);
    return measured;
  };
  const measure = async (streamed: boolean, rates: readonly number[]): Promise<Measured> => {
    const warmUp = streamed ? STREAM_WARM_UP_SECONDS : WARM_UP_SECONDS[name];
    const throughput = await phase(streamed, { kind: "closed", connections: CONNECTIONS }, warmUp);
    const latency: Record<number, Phase> = {};
    if (streamed) await simulator.setPace(STREAM_PACE);
    for (const perSecond of rates) latency[perSecond] = await phase(streamed, { kind: "open", perSecond });
    if (streamed) await simulator.setPace(undefined);
    return { throughput, latency };
  };
  try {
    const whole = await measure(false, RATES[name]);
    const streamed = await measure(true, [STREAM_RATE]);
    const resident = Object.fromEntries(shape.processes().map((process) => [process.name, residentMiB(process.pid)]));
    return { shape: name, readyMs: shape.readyMs, residentMiB: resident, whole, streamed };
  } finally {
    await generator.close();
    await shape.close();
  }
}
