import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type BreachInterval, BreachIntervalSchema } from "@fairlead/contracts/sla/v1/report";
import { isPast } from "@fairlead/decision/sla/service-level";
import { MESH, scopeKey } from "@fairlead/decision/sla/scope";
import type { IntervalLog } from "./interval-log.ts";
import type { LevelWatch } from "./level-watch.ts";
import type { Subject } from "./subject.ts";

export type BreachLog = IntervalLog<typeof BreachIntervalSchema>;

/** A name for the breaches of one level. */
export function breachName({ scope, metric }: Pick<BreachInterval, "scope" | "metric">): string {
  return `${scopeKey(scope ?? MESH)}\u0001${metric}`;
}

/** The names of the breaches of a subject's levels. */
export function breachNames(subject: Subject): string[] {
  return subject.levels.map(({ level }) => breachName({ scope: toScope(subject), metric: level.metric }));
}

/** Begins, goes on with and ends the breaches of a subject's levels. */
export function watchBreaches(log: BreachLog, subject: Subject, now: number): void {
  for (const watch of subject.levels) {
    const name = breachName({ scope: toScope(subject), metric: watch.level.metric });
    const known = log.under(name);
    if (watch.breached()) {
      if (known === undefined) log.begin(name, newBreach(subject, watch, now), now);
      else log.change(name, worse(known, watch));
    } else if (known !== undefined && watch.judgement.verdict !== 0) log.end(name, { ...known, end: timestampFromMs(now) }, now);
  }
}

/** Ends the breaches of what is not watched any more. */
export function endBreaches(log: BreachLog, isWatched: (name: string) => boolean, now: number): void {
  for (const name of log.names()) {
    const known = log.under(name);
    if (known !== undefined && !isWatched(name)) log.end(name, { ...known, end: timestampFromMs(now) }, now);
  }
}

function newBreach(subject: Subject, { level, verdict, value }: LevelWatch, now: number): BreachInterval {
  const facts = { scope: toScope(subject), metric: level.metric, start: timestampFromMs(now) };
  return create(BreachIntervalSchema, { ...facts, worst: verdict.verdict, worstValue: value ?? 0 });
}

function worse(known: BreachInterval, { level, verdict, value }: LevelWatch): BreachInterval {
  const worst = Math.max(known.worst, verdict.verdict);
  const worstValue = value !== undefined && isPast(level.metric, value, known.worstValue) ? value : known.worstValue;
  return worst === known.worst && worstValue === known.worstValue ? known : { ...known, worst, worstValue };
}

function toScope({ scope }: Subject): NonNullable<BreachInterval["scope"]> {
  return { $typeName: "fairlead.sla.v1.SlaScope", ...scope };
}
