import { cost } from "./cost.ts";
import type { Strategy } from "./strategy.ts";

/** As `cost`, under the name that cost policies give it. */
export const minimizeCost: Strategy = { ...cost, name: "minimize_cost" };
