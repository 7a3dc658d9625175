import { adaptiveWeighted } from "./adaptive-weighted.ts";
import type { Balancer } from "./balancer.ts";
import { consistentHash } from "./consistent-hash.ts";
import { leastConnections } from "./least-connections.ts";
import { leastResponseTime } from "./least-response-time.ts";
import { performanceBased } from "./performance-based.ts";
import { roundRobin } from "./round-robin.ts";
import { tokenAware } from "./token-aware.ts";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

/** Every balancing algorithm. Another one is one more file and its line here. */
export const ALL_BALANCERS: readonly Balancer[] = [
  roundRobin,
  weightedRoundRobin,
  leastConnections,
  leastResponseTime,
  consistentHash,
  adaptiveWeighted,
  performanceBased,
  tokenAware,
];

/** The names that a configuration may use. */
export const BALANCER_NAMES: readonly string[] = ALL_BALANCERS.map(({ name }) => name);

/** The balancer of a name; undefined where there is none. */
export function findBalancer(name: string): Balancer | undefined {
  return ALL_BALANCERS.find((balancer) => balancer.name === name);
}
