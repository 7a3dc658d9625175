import type { Shape } from "../support/shape.ts";
import type { simulatorControl } from "../support/simulator-control.ts";

/** What scenarios need: the mesh they look at from outside and its simulated providers. Both are there once tests run. */
export interface ScenarioContext {
  readonly shape: () => Shape;
  readonly simulator: () => ReturnType<typeof simulatorControl>;
}
