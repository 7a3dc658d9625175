import { CRITERIA, type Weights } from "../criteria.ts";

/** Weights on the way from some to others. @param share 0: the first; 1: the second */
export function between(from: Weights, to: Weights, share: number): Weights {
  const way = Math.min(1, Math.max(0, share));
  return Object.fromEntries(CRITERIA.map((name) => [name, (from[name] ?? 0) * (1 - way) + (to[name] ?? 0) * way]));
}
