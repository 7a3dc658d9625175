import type { BalancedTarget, Balancer } from "@fairlead/decision/balancing/algorithms/balancer";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { EventQueue } from "./event-queue.ts";
import {
  callTimes,
  DEGRADED,
  DEGRADED_FROM,
  DEGRADED_UNTIL,
  type FleetTarget,
  PromptCache,
  tokensOfBlocks,
} from "./fleet.ts";
import type { TraceRequest } from "./read-trace.ts";
import { FiguresOfTargets, START_MS, type WEIGHTS } from "./target-figures.ts";

/** Time between two snapshots of load-balancer. */
export const SNAPSHOT_MS = 250;

/** How a trace is replayed. */
export interface Replay {
  readonly trace: readonly TraceRequest[];
  readonly fleet: readonly FleetTarget[];
  /** Undefined: one queue before all targets, from which the fastest free one serves; no balancer can know as much. */
  readonly balancer: Balancer | undefined;
  readonly routers: number;
  /** How much faster than recorded requests come. */
  readonly speedup: number;
  readonly seed: number;
  readonly weights: (typeof WEIGHTS)[number];
}

/** One request, served. */
export interface Served {
  readonly target: number;
  readonly tokens: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number;
  readonly cachedBlocks: number;
  readonly blocks: number;
  /** Milliseconds of the replay at which it came. */
  readonly atMs: number;
}

interface Call {
  readonly request: TraceRequest;
  readonly index: number;
  readonly router: number;
  readonly target: number;
  readonly at: number;
}

interface Ending {
  readonly call: Call;
  readonly firstTokenMs: number;
  readonly cachedBlocks: number;
}

/**
 * Replays a trace as a simulation of discrete events. Everything random comes from the seed.
 *
 * @returns the requests as they were served, in the order of the trace
 */
export function replay({ trace, fleet, balancer, routers, speedup, seed, weights }: Replay): readonly Served[] {
  const generator = xoroshiro128plus(seed);
  const random = () => uniformFloat64(generator);
  const states = Array.from({ length: routers }, () => balancer?.createState() ?? {});
  const figures = new FiguresOfTargets(fleet, weights);
  const caches = fleet.map(({ cacheBlocks }) => new PromptCache(cacheBlocks));
  const waiting: Call[][] = fleet.map(() => []);
  const common: Omit<Call, "target">[] = [];
  const busy = fleet.map(() => 0);
  const active = fleet.map(() => 0);
  const sinceSnapshot = states.map(() => fleet.map(() => 0));
  const endings = new EventQueue<Ending>();
  const served: Served[] = [];
  const endOfTrace = (trace.at(-1)?.atMs ?? 0) / speedup;
  let snapshot: readonly BalancedTarget[] = figures.snapshot(active, 0);
  let snapshotAt = 0;
  let meanOutput = 0;

  function speedOf(target: number, now: number): number {
    const degraded = target === 0 && now >= endOfTrace * DEGRADED_FROM && now < endOfTrace * DEGRADED_UNTIL;
    return degraded ? DEGRADED : 1;
  }

  function serve(call: Call, now: number): void {
    const { request, target } = call;
    const cachedBlocks = (caches[target] as PromptCache).read(request.blocks);
    const cachedTokens = tokensOfBlocks(cachedBlocks, request.inputTokens);
    const times = callTimes(fleet[target] as FleetTarget, request, cachedTokens, speedOf(target, now));
    busy[target] = (busy[target] as number) + 1;
    endings.add(now + times.totalMs, { call, firstTokenMs: now - call.at + times.firstTokenMs, cachedBlocks });
  }

  function begin(call: Call): void {
    if (balancer !== undefined) count(call, 1);
    const { target } = call;
    if ((busy[target] as number) < (fleet[target] as FleetTarget).slots) serve(call, call.at);
    else (waiting[target] as Call[]).push(call);
  }

  function end({ call, firstTokenMs, cachedBlocks }: Ending, now: number): void {
    const { request, target, at, index } = call;
    if (balancer !== undefined) count(call, -1);
    busy[target] = (busy[target] as number) - 1;
    const { inputTokens, outputTokens, blocks } = request;
    figures.observe(target, now - at, firstTokenMs, outputTokens, now);
    meanOutput += (outputTokens - meanOutput) * 0.01;
    const tokens = inputTokens + outputTokens;
    served[index] = { target, tokens, latencyMs: now - at, firstTokenMs, cachedBlocks, blocks: blocks.length, atMs: at };
    const next = (waiting[target] as Call[]).shift();
    if (next !== undefined) serve(next, now);
    const first = common.shift();
    if (first !== undefined) serve({ ...first, target }, now);
  }

  function count({ target, router }: Call, change: number): void {
    active[target] = (active[target] as number) + change;
    const since = sinceSnapshot[router] as number[];
    since[target] = (since[target] as number) + change;
  }

  function runUntil(until: number): void {
    while (Math.min(endings.nextAt(), snapshotAt) <= until) {
      if (snapshotAt <= endings.nextAt()) {
        snapshot = figures.snapshot(active, snapshotAt);
        for (const since of sinceSnapshot) since.fill(0);
        snapshotAt += SNAPSHOT_MS;
      } else {
        const now = endings.nextAt();
        end(endings.take() as Ending, now);
      }
    }
  }

  /** The fastest target that has a free slot. */
  function fastestFree(now: number): number | undefined {
    let best: number | undefined;
    for (const [index, { slots, decodePerSecond }] of fleet.entries()) {
      if ((busy[index] as number) >= slots) continue;
      const speed = decodePerSecond * speedOf(index, now);
      if (best === undefined || speed > (fleet[best] as FleetTarget).decodePerSecond * speedOf(best, now)) best = index;
    }
    return best;
  }

  function pick(balancer: Balancer, request: TraceRequest, router: number, now: number): number {
    const since = sinceSnapshot[router] as number[];
    const targets = snapshot.map((target, index) => ({
      ...target,
      active: Math.max(0, target.active + (since[index] as number)),
    }));
    const expectedTokens = request.inputTokens + meanOutput;
    const input = { session: request.session, expectedTokens, now: START_MS + now, random };
    return balancer.order(states[router] as object, targets, input)[0] ?? 0;
  }

  for (const [index, request] of trace.entries()) {
    const at = request.atMs / speedup;
    runUntil(at);
    const router = Math.floor(random() * routers);
    const target = balancer === undefined ? fastestFree(at) : pick(balancer, request, router, at);
    if (target === undefined) common.push({ request, index, router, at });
    else begin({ request, index, router, target, at });
  }
  while (endings.nextAt() < Number.POSITIVE_INFINITY) runUntil(endings.nextAt());
  return served;
}
