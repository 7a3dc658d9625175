import type { BalancedTarget, Balancer } from "../balancer.ts";
import { balancedTarget, seededRandom } from "./balanced-target.ts";

/** How calls come and are served. Times are milliseconds. */
export interface CallSimulation {
  readonly balancer: Balancer;
  readonly weights: readonly number[];
  readonly requests: number;
  readonly routers: number;
  /** Time between two snapshots; 0: routers always see how things are. */
  readonly snapshotEvery: number;
  /** Mean time between two requests; they come as a Poisson process. */
  readonly between: number;
  /** Time a call takes at a target. */
  readonly duration: (target: number, now: number, random: () => number) => number;
  readonly tokens?: (random: () => number) => number;
  readonly session?: (request: number) => string;
  /** Whether routers know of the calls that they sent since the snapshot. Default true. */
  readonly localKnowledge?: boolean;
  readonly seed?: number;
}

/** What came of it, by target. */
export interface CallFigures {
  readonly picks: number[];
  readonly tokens: number[];
  /** Largest number of calls under way at one target against the mean of all at that time, in the mean over requests. */
  readonly meanImbalance: number;
  /** The largest of these ratios. */
  readonly worstImbalance: number;
  readonly pickAt: { readonly target: number; readonly at: number }[];
}

interface Ending {
  readonly at: number;
  readonly target: number;
  readonly router: number;
  readonly ms: number;
}

/** Simulates routers that share targets, each with its own state and a snapshot that is as old as it may be. */
export function simulateCalls(simulation: CallSimulation): CallFigures {
  const random = seededRandom(simulation.seed ?? 1);
  const { balancer, weights, routers } = simulation;
  const count = weights.length;
  const states = Array.from({ length: routers }, () => balancer.createState());
  const active = weights.map(() => 0);
  const own = states.map(() => weights.map(() => 0));
  const latency = weights.map(() => 0);
  let snapshot: { active: number[]; latency: number[]; own: number[][] } = copyOf();
  let nextSnapshot = 0;
  const endings: Ending[] = [];
  const figures = { picks: weights.map(() => 0), tokens: weights.map(() => 0), pickAt: [] as CallFigures["pickAt"] };
  let now = 0;
  let sumImbalance = 0;
  let worstImbalance = 0;
  let measured = 0;

  function copyOf() {
    return { active: [...active], latency: [...latency], own: own.map((calls) => [...calls]) };
  }

  function endCallsUntil(until: number): void {
    endings.sort((left, right) => left.at - right.at);
    while (endings[0] !== undefined && endings[0].at <= until) {
      const { target, router, ms } = endings.shift() as Ending;
      active[target] = (active[target] ?? 0) - 1;
      (own[router] as number[])[target] = ((own[router] as number[])[target] ?? 0) - 1;
      const known = latency[target] as number;
      latency[target] = ms > known ? ms : known + (ms - known) * 0.1;
    }
  }

  function targetsFor(router: number): BalancedTarget[] {
    return weights.map((weight, target) => {
      const since =
        simulation.localKnowledge === false
          ? 0
          : ((own[router] as number[])[target] ?? 0) - ((snapshot.own[router] as number[])[target] ?? 0);
      return balancedTarget(`target-${target}`, {
        weight,
        active: Math.max(0, (snapshot.active[target] ?? 0) + since),
        latencyMs: snapshot.latency[target] ?? 0,
        evidence: (snapshot.latency[target] ?? 0) > 0 ? 100 : 0,
      });
    });
  }

  for (let request = 0; request < simulation.requests; request++) {
    now += -Math.log(1 - random()) * simulation.between;
    endCallsUntil(now);
    if (now >= nextSnapshot) {
      snapshot = copyOf();
      nextSnapshot = now + simulation.snapshotEvery;
    }
    const router = Math.floor(random() * routers);
    const tokens = simulation.tokens?.(random) ?? 1_000;
    const [target = 0] = balancer.order(states[router] as object, targetsFor(router), {
      session: simulation.session?.(request) ?? "",
      expectedTokens: tokens,
      now: 1_000_000 + now,
      random,
    });
    const ms = simulation.duration(target, now, random);
    active[target] = (active[target] ?? 0) + 1;
    (own[router] as number[])[target] = ((own[router] as number[])[target] ?? 0) + 1;
    endings.push({ at: now + ms, target, router, ms });
    figures.picks[target] = (figures.picks[target] ?? 0) + 1;
    figures.tokens[target] = (figures.tokens[target] ?? 0) + tokens;
    figures.pickAt.push({ target, at: now });
    const mean = active.reduce((sum, calls) => sum + calls, 0) / count;
    if (request > simulation.requests / 10) {
      const ratio = Math.max(...active) / mean;
      sumImbalance += ratio;
      measured++;
      worstImbalance = Math.max(worstImbalance, ratio);
    }
  }
  return { ...figures, meanImbalance: sumImbalance / measured, worstImbalance };
}
