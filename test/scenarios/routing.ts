import type { ScenarioContext } from "./context.ts";

export function describeRouting(_context: ScenarioContext): void {}
