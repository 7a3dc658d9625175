import { equals } from "@bufbuild/protobuf";
import { type TargetHealth, TargetHealthSchema, Verdict } from "@fairlead/contracts/sla/v1/health";
import { advanceAlert, type AlertFact } from "@fairlead/decision/sla/advance-alert";
import { judgeTarget, type ServiceLevel } from "@fairlead/decision/sla/judge-target";
import type { StateStream } from "@fairlead/runtime/state-stream";
import { toTargetHealth } from "./to-target-health.ts";
import type { WatchedTarget, WatchedTargets } from "./watched-targets.ts";

/** What a review reads and where it shows what it found. */
export interface ReviewPorts {
  readonly watched: WatchedTargets;
  readonly stream: StateStream<string, TargetHealth>;
  readonly level: ServiceLevel;
  readonly alert: (fact: AlertFact) => void;
}

/** Judges the targets that need a look: shows their figures, pushes new verdicts at once, tells alerts. */
export function reviewTargets(ports: ReviewPorts, now: number): void {
  for (const target of ports.watched.takeChanged(now)) reviewTarget(ports, target, now);
}

function reviewTarget({ watched, stream, level, alert }: ReviewPorts, target: WatchedTarget, now: number): void {
  const figures = target.window.figures(now);
  const judgement = judgeTarget(figures, level);
  const fact = advanceAlert(target, target.alerted, judgement);
  if (fact !== undefined) {
    target.alerted = !fact.resolved;
    alert(fact);
  }
  if (figures.calls === 0) {
    watched.forget(target);
    stream.delete(target.key, { urgent: true });
    return;
  }
  const shown = stream.get(target.key);
  const health = toTargetHealth(target, figures, judgement);
  if (shown === undefined || !equals(TargetHealthSchema, shown, health)) {
    stream.set(target.key, health, { urgent: health.verdict !== (shown?.verdict ?? Verdict.UNSPECIFIED) });
  }
}
