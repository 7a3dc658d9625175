import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { HistoryBucket, LevelCount } from "@fairlead/contracts/sla/v1/history";
import { type BreachInterval, type LevelCompliance, LevelComplianceSchema } from "@fairlead/contracts/sla/v1/report";
import {
  type GetComplianceReportRequest,
  type GetComplianceReportResponse,
  GetComplianceReportResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import { errorBudget } from "@fairlead/decision/sla/error-budget";
import { addLevel } from "@fairlead/decision/sla/merge-history";
import { metricFacts } from "@fairlead/decision/sla/metric";
import { compareScopes, includesScope, MESH } from "@fairlead/decision/sla/scope";
import { chooseLevels, objectiveOf, type ServiceLevel } from "@fairlead/decision/sla/service-level";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { type BreachLog, breachName } from "../breach-watch.ts";
import { type History, KEPT_MINUTES_MS } from "../history.ts";
import type { Subjects } from "../subjects.ts";
import { toScope } from "./to-scope.ts";

/** What the handler takes. */
export interface ReportPorts {
  readonly history: History;
  readonly subjects: Subjects;
  readonly breaches: BreachLog;
  readonly levels: readonly ServiceLevel[];
  readonly now: () => number;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const LONGEST_MS = 366 * DAY;
const MOST_BREACHES = 100;

/** A period of whole minutes or hours. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/**
 * The period that a request means.
 *
 * @throws FairleadError INVALID_REQUEST that names the field
 */
export function periodOf(start: Timestamp | undefined, end: Timestamp | undefined, defaultMs: number, now: number): Period {
  // What happens in this very millisecond counts.
  const last = end === undefined ? now + 1 : Math.min(timestampMs(end), now + MINUTE);
  const first = start === undefined ? last - defaultMs : timestampMs(start);
  if (!(first < last)) throw invalidField("start", "must be before the end, which cannot lie in the future");
  if (last - first > LONGEST_MS) throw invalidField("start", "must be at most 366 days before the end");
  return { start: first, end: last };
}

/** The history of a period: by the minute as far back as minutes are kept, by the hour before. */
export async function loadPeriod(history: History, { start, end }: Period, now: number): Promise<HistoryBucket[]> {
  if (start >= now - KEPT_MINUTES_MS) return history.load(MINUTE, start, end);
  // Hours are whole once they are over; the one under way is there by the minute.
  const thisHour = now - (now % HOUR);
  const hours = await history.load(HOUR, start, Math.min(end, thisHour));
  const known = hours.at(-1);
  const from = known === undefined ? Math.max(start, now - KEPT_MINUTES_MS) : Number(known.startUnixMs) + HOUR;
  return from < end ? [...hours, ...(await history.load(MINUTE, from, end))] : hours;
}

/** Serves GetComplianceReport. */
export function getComplianceReport(ports: ReportPorts) {
  return async (request: GetComplianceReportRequest): Promise<GetComplianceReportResponse> => {
    const now = ports.now();
    const period = periodOf(request.start, request.end, DAY, now);
    const buckets = await loadPeriod(ports.history, period, now);
    const counts = new Map<string, LevelCount>();
    for (const bucket of buckets) {
      for (const level of bucket.levels) if (includesScope(toScope(request.scope), toScope(level.scope))) addLevel(counts, level);
    }
    const breaches = groupBreaches(await ports.breaches.list(), period);
    const levels = [...counts.values()]
      .toSorted((left, right) => compareScopes(toScope(left.scope), toScope(right.scope)) || left.metric - right.metric)
      .flatMap((count) => toCompliance(ports, count, breaches.get(breachName(count)) ?? [], now));
    return create(GetComplianceReportResponseSchema, { start: timestampFromMs(period.start), end: timestampFromMs(period.end), levels });
  };
}

/** None for a level that is not configured any more. */
function toCompliance(ports: ReportPorts, { scope, metric, good, bad }: LevelCount, breaches: readonly BreachInterval[], now: number): LevelCompliance[] {
  const level = chooseLevels(ports.levels, toScope(scope)).find((one) => one.metric === metric);
  if (level === undefined) return [];
  const objective = objectiveOf(level);
  const { attained, kept, left } = errorBudget({ good, bad }, objective);
  const burn = ports.subjects.get(toScope(scope))?.level(metric)?.burn(now);
  return [
    create(LevelComplianceSchema, {
      scope: scope ?? MESH,
      metric,
      objective,
      unit: metricFacts(metric).unit,
      good,
      bad,
      ...(attained === undefined ? {} : { attained }),
      kept,
      budgetLeft: left,
      ...(burn === undefined ? {} : { burn }),
      breaches: breaches.slice(-MOST_BREACHES),
    }),
  ];
}

function groupBreaches(all: readonly BreachInterval[], { start, end }: Period): Map<string, BreachInterval[]> {
  const groups = new Map<string, BreachInterval[]>();
  for (const breach of all) {
    const from = breach.start === undefined ? 0 : timestampMs(breach.start);
    const to = breach.end === undefined ? Number.POSITIVE_INFINITY : timestampMs(breach.end);
    if (from >= end || to <= start) continue;
    const name = breachName(breach);
    groups.set(name, [...(groups.get(name) ?? []), breach]);
  }
  return groups;
}
