import { type BudgetState, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { AlertTiming } from "@fairlead/decision/sla/advance-alert";
import { type AlertRule, concerns, describeRule, meets } from "@fairlead/decision/sla/alert-rule";
import { burnOver } from "@fairlead/decision/sla/error-budget";
import { type Judgement, worstOf } from "@fairlead/decision/sla/judge-level";
import { metricFacts } from "@fairlead/decision/sla/metric";
import { type Scope, scopeName } from "@fairlead/decision/sla/scope";
import { figureOf } from "@fairlead/decision/sla/window-figures";
import type { AlertBook } from "./alert-book.ts";
import type { AnomalyLog } from "./anomaly-watch.ts";
import type { HealthBoard } from "./health-board.ts";
import type { Subject } from "./subject.ts";
import type { Subjects } from "./subjects.ts";

/** What alerts are found from. */
export interface AlertSources {
  readonly book: AlertBook;
  readonly subjects: Subjects;
  readonly board: HealthBoard;
  readonly anomalies: AnomalyLog;
  readonly rules: readonly AlertRule[];
  /** Milliseconds after which an alert about a level is made worse. 0: never. */
  readonly escalateMs: number;
  /** Unix milliseconds of the start: until a window has filled, silence means nothing. */
  readonly startedAt: number;
  /** Milliseconds of the window of the levels that everyone has. */
  readonly windowMs: number;
}

export const LEVEL_RULE = "service-level";
export const ANOMALY_RULE = "anomaly";
const NOTHING = AlertSeverity.UNSPECIFIED;
const PERIODS: Readonly<Record<string, BudgetWindow>> = {
  hour: BudgetWindow.HOUR,
  day: BudgetWindow.DAY,
  week: BudgetWindow.WEEK,
  month: BudgetWindow.MONTH,
};

/**
 * Looks at the level of a subject for alerts: of targets, providers and what a level names. Without a level of its own a
 * model or tenant raises none, since one outage would then be told hundreds of times.
 */
export function watchLevel(sources: AlertSources, subject: Subject, now: number): void {
  const { provider, model, tenant } = subject.scope;
  const isTarget = provider !== "" && model !== "" && tenant === "";
  const isProvider = provider !== "" && model === "" && tenant === "";
  if (!isTarget && !isProvider && !sources.subjects.isNamed(subject)) return;
  const judgement = isTarget ? sources.board.verdictOn(subject, now) : worstOf(subject.levels.map(({ verdict }) => verdict));
  sources.book.observe({ ...levelText(subject.scope, judgement), severity: levelSeverity(sources, judgement, now), timing: levelTiming(sources) }, now);
}

/** Looks at everything that an alert may be about. */
export function watchAll(sources: AlertSources, budgets: readonly BudgetState[] | undefined, now: number): void {
  const levels = new Set<string>();
  for (const subject of sources.subjects.all()) {
    watchLevel(sources, subject, now);
    levels.add(levelId(subject.scope));
  }
  endOrphans(sources, LEVEL_RULE, levels, levelTiming(sources), now, sources.windowMs);
  for (const rule of sources.rules) {
    const seen = rule.each === "budget" ? watchBudgets(sources, rule, budgets, now) : watchRule(sources, rule, now);
    if (seen !== undefined) endOrphans(sources, rule.name, seen, rule, now, rule.windowMs);
  }
  watchAnomalies(sources, now);
}

function watchRule({ book, subjects, startedAt }: AlertSources, rule: AlertRule, now: number): Set<string> {
  const seen = new Set<string>();
  for (const subject of subjects.all()) {
    if (!concerns(rule, subject.scope)) continue;
    const value = valueFor(rule, subject, now);
    const isBlind = value === undefined && now - startedAt < rule.windowMs;
    const holds = value !== undefined && meets(rule, value);
    const alertId = ruleId(rule, scopeName(subject.scope));
    seen.add(alertId);
    const text = ruleText(rule, scopeName(subject.scope), labelsOf(subject.scope, rule.metric), holds ? value : undefined);
    book.observe({ alertId, ...text, severity: isBlind ? undefined : holds ? rule.severity : NOTHING, timing: rule }, now);
  }
  return seen;
}

function valueFor(rule: AlertRule, subject: Subject, now: number): number | undefined {
  if (rule.metric === SlaMetric.BURN_RATE) {
    const burn = subject.level(SlaMetric.SUCCESS_RATE)?.burn(now);
    return rule.windowMs > 3_600_000 ? burnOver(burn?.last6Hours, burn?.last30Minutes) : burnOver(burn?.lastHour, burn?.last5Minutes);
  }
  const figures = subject.figures(rule.windowMs, now);
  return figures.calls < rule.minCalls ? undefined : figureOf(rule.metric, figures);
}

/** Undefined where the budgets are not known now. */
function watchBudgets({ book }: AlertSources, rule: AlertRule, budgets: readonly BudgetState[] | undefined, now: number): Set<string> | undefined {
  if (budgets === undefined) return undefined;
  const seen = new Set<string>();
  for (const { budget, settledNanoUsd } of budgets) {
    if (budget === undefined || (rule.period !== "" && budget.window !== PERIODS[rule.period])) continue;
    if (budget.window === BudgetWindow.REQUEST || budget.limitNanoUsd <= 0n) continue;
    const { provider = "", model = "", tenant = "" } = budget.scope ?? {};
    if (![rule.scope.provider, rule.scope.model, rule.scope.tenant].every((wanted, index) => wanted === "" || wanted === [provider, model, tenant][index])) continue;
    const used = Number(settledNanoUsd) / Number(budget.limitNanoUsd);
    const alertId = ruleId(rule, budget.budgetId);
    seen.add(alertId);
    const holds = meets(rule, used);
    const labels = { ...labelsOf({ provider, model, tenant }, rule.metric), budget: budget.budgetId };
    const text = ruleText(rule, `Budget ${budget.budgetId}`, labels, holds ? used : undefined);
    book.observe({ alertId, ...text, severity: holds ? rule.severity : NOTHING, timing: rule }, now);
  }
  return seen;
}

function watchAnomalies({ book, anomalies, startedAt }: AlertSources, now: number): void {
  const timing = { forMs: 0, resolveAfterMs: 0, escalateAfterMs: 0 };
  const seen = new Set<string>();
  for (const name of anomalies.names()) {
    const anomaly = anomalies.under(name);
    if (anomaly?.scope === undefined) continue;
    const alertId = `anomaly/${metricFacts(anomaly.metric).name}/${scopeName(anomaly.scope)}`;
    seen.add(alertId);
    const labels = labelsOf(anomaly.scope, anomaly.metric);
    book.observe({ alertId, rule: ANOMALY_RULE, message: anomaly.message, labels, severity: AlertSeverity.INFO, timing }, now);
  }
  endOrphans({ book, startedAt }, ANOMALY_RULE, seen, timing, now, 0);
}

/** Ends alerts about what is not there any more; not before it was given the time to show itself after a start. */
function endOrphans(
  { book, startedAt }: Pick<AlertSources, "book" | "startedAt">,
  rule: string,
  seen: ReadonlySet<string>,
  timing: AlertTiming,
  now: number,
  windowMs: number,
): void {
  if (now - startedAt < windowMs) return;
  for (const alertId of book.under(rule)) {
    if (seen.has(alertId)) continue;
    const { labels } = book.textOf(alertId);
    const message = `${alertId.slice(alertId.indexOf("/") + 1)} is not there any more, or is called too seldom to be judged.`;
    book.observe({ alertId, rule, message, labels, severity: NOTHING, timing }, now);
  }
}

function levelId(scope: Scope): string {
  return `sla/${scopeName(scope)}`;
}

function levelText(scope: Scope, { verdict, reason }: Judgement) {
  const text = { alertId: levelId(scope), rule: LEVEL_RULE, labels: labelsOf(scope, undefined) };
  return { ...text, message: `${scopeName(scope)} is ${STATES[verdict]}.${reason === "" ? "" : ` ${reason}`}` };
}

const STATES: Readonly<Record<Verdict, string>> = {
  [Verdict.UNSPECIFIED]: "called too seldom to be judged",
  [Verdict.HEALTHY]: "healthy again",
  [Verdict.DEGRADED]: "degraded",
  [Verdict.UNHEALTHY]: "unhealthy",
};

function levelSeverity({ startedAt, windowMs }: AlertSources, { verdict }: Judgement, now: number): AlertSeverity | undefined {
  if (verdict === Verdict.UNHEALTHY) return AlertSeverity.CRITICAL;
  if (verdict === Verdict.DEGRADED) return AlertSeverity.WARNING;
  return verdict === Verdict.UNSPECIFIED && now - startedAt < windowMs ? undefined : NOTHING;
}

/** Verdicts do not flap, so alerts about them need not wait. */
function levelTiming({ escalateMs }: AlertSources): AlertTiming {
  return { forMs: 0, resolveAfterMs: 0, escalateAfterMs: escalateMs };
}

function ruleId({ name }: AlertRule, subject: string): string {
  return `rule/${name}/${subject}`;
}

function ruleText(rule: AlertRule, subject: string, labels: Record<string, string>, value: number | undefined) {
  const message = value === undefined ? `${subject} does not meet the rule ${rule.name} any more.` : `${subject}: ${describeRule(rule, value)}`;
  return { rule: rule.name, message, labels };
}

function labelsOf({ provider, model, tenant }: Scope, metric: SlaMetric | undefined): Record<string, string> {
  const labels = { provider, model, tenant, metric: metric === undefined ? "" : metricFacts(metric).name };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}
