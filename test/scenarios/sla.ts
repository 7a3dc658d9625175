import type { ScenarioContext } from "./context.ts";

export function describeSla(_context: ScenarioContext): void {}
