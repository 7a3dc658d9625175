import { Verdict } from "@fairlead/contracts/sla/v1/health";
import type { TargetName } from "../balancing/adapter-directory.ts";
import type { Judgement } from "./judge-target.ts";

/** What the fact of an alert says. */
export interface AlertFact {
  /** Stable, so that the end of an alert finds its start. */
  readonly alertId: string;
  readonly severity: "critical";
  readonly message: string;
  readonly resolved: boolean;
}

/**
 * The alert that a judgement calls for, told once at its start and once at its end.
 *
 * @param raised whether the alert is told already
 * @returns undefined where nothing is to be told
 */
export function advanceAlert(target: Pick<TargetName, "provider" | "model">, raised: boolean, judgement: Judgement): AlertFact | undefined {
  const critical = judgement.verdict === Verdict.UNHEALTHY;
  if (critical === raised) return undefined;
  const name = `${target.provider}/${target.model}`;
  const message = critical
    ? `${name} is unhealthy. ${judgement.reason}`
    : `${name} is ${stateAfter(judgement.verdict)}.`;
  return { alertId: `sla/${name}`, severity: "critical", message, resolved: !critical };
}

function stateAfter(verdict: Verdict): string {
  if (verdict === Verdict.HEALTHY) return "healthy again";
  return verdict === Verdict.DEGRADED ? "no longer unhealthy, but degraded" : "called too seldom to be judged";
}
