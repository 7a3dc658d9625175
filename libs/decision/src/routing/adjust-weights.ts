import { CRITERIA, type Criterion, type Weights } from "./criteria.ts";
import type { Situation } from "./situation.ts";

/** Weights after the situation was taken into account. */
export interface AdjustedWeights {
  /** They sum to one. */
  readonly weights: Weights;
  /** Why they were moved, in sentences. */
  readonly adjustments: readonly string[];
}

/** Shares from which on each part of the situation begins to count; at 1 it counts in full. */
const FROM = { budget: 0.5, load: 0.5, troubled: 0 } as const;

/**
 * Moves weights with the state of budgets, load and service levels: cost counts more as a budget runs out, latency as
 * targets fill up, reliability as they fail, and quality gives way. Before they are scaled to sum to one, no weight is
 * more than `bound` times itself away from where it was.
 *
 * @param bound 0 to 1
 */
export function adjustWeights(base: Weights, situation: Situation, bound: number): AdjustedWeights {
  const budget = beyond(FROM.budget, Math.max(situation.budgetUsed, Math.min(1, situation.budgetExpected ?? 0)));
  const load = beyond(FROM.load, situation.load);
  const troubled = beyond(FROM.troubled, situation.troubled);
  const moved: Record<Criterion, number> = {
    cost: (base.cost ?? 0) * (1 + bound * budget),
    latency: (base.latency ?? 0) * (1 + bound * load),
    reliability: (base.reliability ?? 0) * (1 + bound * troubled),
    quality: (base.quality ?? 0) * (1 - bound * Math.max(budget, load)),
    load: (base.load ?? 0) * (1 + bound * load),
  };
  const adjustments: string[] = [];
  if (budget > 0) adjustments.push(`Cost counts more because ${percent(situation.budgetUsed)} of a budget is used${expectedWords(situation)}.`);
  if (load > 0) adjustments.push(`Latency counts more because targets are ${percent(situation.load)} loaded.`);
  if (troubled > 0) adjustments.push(`Reliability counts more because ${percent(situation.troubled)} of the targets are in trouble.`);
  return { weights: scaled(moved), adjustments };
}

/** Weights that sum to one. */
export function scaled(weights: Weights): Weights {
  const sum = CRITERIA.reduce((total, name) => total + (weights[name] ?? 0), 0);
  return Object.fromEntries(CRITERIA.map((name) => [name, sum === 0 ? 0 : (weights[name] ?? 0) / sum]));
}

function beyond(from: number, share: number): number {
  return Math.min(1, Math.max(0, (share - from) / (1 - from)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function expectedWords({ budgetExpected }: Situation): string {
  return budgetExpected === undefined ? "" : ` and ${percent(budgetExpected)} is expected by its end`;
}
