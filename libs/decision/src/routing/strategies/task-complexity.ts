import { at } from "../criteria.ts";
import type { Strategy, StrategyInput } from "./strategy.ts";

/** What may be given up of the best predicted quality, by how complex a task is. */
const SLACK: Readonly<Record<string, number>> = { simple: 0.12, medium: 0.06, complex: 0.02 };

/**
 * The cheapest that is good enough: the more complex a task, the less may be given up of the best predicted quality.
 * How hard a request is enters twice, through its complexity and through the predicted quality itself.
 */
export const taskComplexity: Strategy = {
  name: "task_complexity",
  because: "is the cheapest that is good enough for the task",
  score(input) {
    const { criteria } = input;
    const bar = bestQuality(input) - (SLACK[input.analysis.complexity] ?? 0.06);
    const { cost, quality } = criteria;
    const scores = new Float64Array(criteria.count);
    for (let place = 0; place < scores.length; place++) {
      const own = at(quality, place);
      scores[place] = own >= bar ? 0.5 + 0.5 * at(cost, place) : (0.5 * own) / Math.max(bar, 1e-9);
    }
    return { scores };
  },
};

function bestQuality({ contenders, criteria }: StrategyInput): number {
  let best = 0;
  for (const { place, reservation } of contenders) if (reservation === undefined) best = Math.max(best, at(criteria.quality, place));
  return best;
}
