import { adaptive } from "./adaptive.ts";
import { budgetAware } from "./budget-aware.ts";
import { cost } from "./cost.ts";
import { costQualityBalance } from "./cost-quality-balance.ts";
import { costSpeedBalance } from "./cost-speed-balance.ts";
import { dynamicArbitrage } from "./dynamic-arbitrage.ts";
import { loadBalanced } from "./load-balanced.ts";
import { manual } from "./manual.ts";
import { minimizeCost } from "./minimize-cost.ts";
import { predictiveScaling } from "./predictive-scaling.ts";
import { quality } from "./quality.ts";
import { reliability } from "./reliability.ts";
import { speed } from "./speed.ts";
import type { Strategy } from "./strategy.ts";
import { taskComplexity } from "./task-complexity.ts";
import { weightedComposite } from "./weighted-composite.ts";

const ALL: readonly Strategy[] = [
  weightedComposite,
  manual,
  cost,
  speed,
  quality,
  reliability,
  loadBalanced,
  adaptive,
  taskComplexity,
  minimizeCost,
  costQualityBalance,
  costSpeedBalance,
  dynamicArbitrage,
  budgetAware,
  predictiveScaling,
];
const BY_NAME = new Map(ALL.map((strategy) => [strategy.name, strategy]));

/** Names of the strategies, for messages and checks of the configuration. */
export const STRATEGY_NAMES: readonly string[] = ALL.map(({ name }) => name);

/** The strategy of a name; undefined where there is none. */
export function findStrategy(name: string): Strategy | undefined {
  return BY_NAME.get(name);
}
