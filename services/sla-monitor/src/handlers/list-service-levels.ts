import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type ServiceLevel, ServiceLevelSchema, SlaMetric, TrendSchema } from "@fairlead/contracts/sla/v1/level";
import {
  type ListServiceLevelsRequest,
  type ListServiceLevelsResponse,
  ListServiceLevelsResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import { compareScopes, includesScope } from "@fairlead/decision/sla/scope";
import type { LevelWatch } from "../level-watch.ts";
import type { Subject } from "../subject.ts";
import type { Subjects } from "../subjects.ts";
import { toScope } from "./to-scope.ts";

/** Serves ListServiceLevels. */
export function listServiceLevels(subjects: Subjects, now: () => number) {
  return async ({ scope, metric }: ListServiceLevelsRequest): Promise<ListServiceLevelsResponse> => {
    const wanted = [...subjects.all()]
      .filter((subject) => includesScope(toScope(scope), subject.scope))
      .toSorted((left, right) => compareScopes(left.scope, right.scope));
    const levels = wanted.flatMap((subject) =>
      subject.levels
        .filter(({ level }) => metric === SlaMetric.UNSPECIFIED || level.metric === metric)
        .map((watch) => toServiceLevel(subject, watch, now())),
    );
    return create(ListServiceLevelsResponseSchema, { levels });
  };
}

function toServiceLevel(subject: Subject, watch: LevelWatch, now: number): ServiceLevel {
  const { level, verdict, value, calls, objective } = watch;
  const { points, ...trend } = subject.trend(level.metric);
  return create(ServiceLevelSchema, {
    scope: subject.scope,
    metric: level.metric,
    warning: level.warning,
    critical: level.critical,
    window: durationFromMs(level.windowMs),
    minCalls: level.minCalls,
    ...(value === undefined ? {} : { value }),
    calls: BigInt(calls),
    verdict: verdict.verdict,
    reason: verdict.reason,
    since: timestampFromMs(verdict.since),
    objective,
    burn: watch.burn(now),
    trend: create(TrendSchema, { ...trend, minutes: points }),
  });
}
