import type { ScenarioContext } from "./context.ts";

export function describeFallback(_context: ScenarioContext): void {}
