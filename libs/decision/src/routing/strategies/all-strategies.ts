import { cost } from "./cost.ts";
import { manual } from "./manual.ts";
import { quality } from "./quality.ts";
import { reliability } from "./reliability.ts";
import { speed } from "./speed.ts";
import type { Strategy } from "./strategy.ts";
import { weightedComposite } from "./weighted-composite.ts";

const ALL: readonly Strategy[] = [manual, cost, speed, quality, reliability, weightedComposite];
const BY_NAME = new Map(ALL.map((strategy) => [strategy.name, strategy]));

/** Names of the strategies, for messages and checks of the configuration. */
export const STRATEGY_NAMES: readonly string[] = ALL.map(({ name }) => name);

/** The strategy of a name; undefined where there is none. */
export function findStrategy(name: string): Strategy | undefined {
  return BY_NAME.get(name);
}
