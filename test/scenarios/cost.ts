import type { ScenarioContext } from "./context.ts";

export function describeCost(_context: ScenarioContext): void {}
