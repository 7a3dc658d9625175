import type { ScenarioContext } from "./context.ts";

export function describeBalancing(_context: ScenarioContext): void {}
