/** Whether a target takes calls: all, a few to see whether it has recovered, or none. */
export type Access = "open" | "probing" | "shut";

/** A target as it stands among its equals. */
export interface EqualTarget {
  /** Milliseconds of whole calls. 0: not measured. */
  readonly latencyMs: number;
  /** 0 to 1. */
  readonly successRate: number;
  /** Calls that the figures rest on. */
  readonly evidence: number;
  readonly access: Access;
}

/** Calls that the good faith in a target of which nothing is known counts as. */
const FAITH = 0.5;
/** Part of its share that a target gets while it is probed. */
const PROBING = 0.1;

/**
 * Shares the traffic among targets that can stand in for each other. The shares sum to 1.
 *
 *     share ~ (success / latency)^2
 *
 * Squares, because a target ten times slower than two equals shall get less than the one call in a hundred that would
 * make it their 99th percentile. Figures are mixed with good faith (the fastest latency, success 1) that counts as half
 * a call, so a new target is tried, and one that was shunned is tried again as the evidence against it fades. Shut
 * targets get nothing as long as another is not.
 *
 * @returns the shares in the order of the targets, each 0 to 1
 */
export function weighTargets(targets: readonly EqualTarget[]): number[] {
  const allShut = targets.every((target) => target.access === "shut");
  const usable = (target: EqualTarget) => allShut || target.access !== "shut";
  const measured = targets.filter((target) => usable(target) && target.latencyMs > 0).map((target) => target.latencyMs);
  const fastestMs = Math.min(...measured, Number.MAX_VALUE);
  const merits = targets.map((target) => (usable(target) ? meritOf(target, fastestMs) : 0));
  const sum = merits.reduce((total, merit) => total + merit, 0);
  return merits.map((merit) => (sum > 0 ? merit / sum : 1 / targets.length));
}

function meritOf(target: EqualTarget, fastestMs: number): number {
  const success = withFaith(target.successRate, 1, target.evidence);
  const slowness = target.latencyMs > 0 ? withFaith(target.latencyMs / fastestMs, 1, target.evidence) : 1;
  return (success / slowness) ** 2 * (target.access === "probing" ? PROBING : 1);
}

function withFaith(figure: number, faith: number, evidence: number): number {
  return (figure * evidence + faith * FAITH) / (evidence + FAITH);
}
