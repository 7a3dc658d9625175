import type { AttemptFinished, Event } from "@fairlead/contracts/events/v1/event";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { RecentIds } from "@fairlead/decision/balancing/recent-ids";
import type { AlertRule } from "@fairlead/decision/sla/alert-rule";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { AlertBook } from "./alert-book.ts";
import type { AnnouncedTargets } from "./announced-targets.ts";
import { type AnomalyLog, type AnomalyWatch, nameOfAnomaly } from "./anomaly-watch.ts";
import { type BreachLog, breachName, breachNames, endBreaches, watchBreaches } from "./breach-watch.ts";
import type { BudgetFigures } from "./budget-figures.ts";
import type { CheckResult, Checks } from "./checks.ts";
import type { SlaMonitorConfig } from "./config.ts";
import { cellOf, sampleOf, SOURCE } from "./events.ts";
import type { HealthBoard } from "./health-board.ts";
import type { History } from "./history.ts";
import type { Lease } from "./lease.ts";
import type { SlaMetrics } from "./metrics.ts";
import type { Subject } from "./subject.ts";
import type { Subjects } from "./subjects.ts";
import type { Tally } from "./tally.ts";
import { type AlertSources, watchAll, watchLevel } from "./watch-alerts.ts";
import type { WebhookSender } from "./webhooks/webhook-sender.ts";

/** The parts that the monitor brings together. */
export interface MonitorParts {
  readonly config: SlaMonitorConfig;
  readonly tools: ServiceTools;
  readonly subjects: Subjects;
  readonly board: HealthBoard;
  readonly checks: Checks;
  readonly history: History;
  readonly tally: Tally;
  readonly book: AlertBook;
  readonly lease: Lease;
  readonly breaches: BreachLog;
  readonly anomalies: AnomalyLog;
  readonly anomalyWatch: AnomalyWatch;
  readonly webhooks: WebhookSender;
  readonly announced: AnnouncedTargets;
  readonly metrics: SlaMetrics;
  readonly budgets: BudgetFigures;
  readonly rules: readonly AlertRule[];
  readonly startedAt: number;
  readonly seen: RecentIds;
  readonly problem: (error: unknown, what: string) => void;
}

/** Milliseconds between two looks at all there is; what changed is looked at sooner. */
const SWEEP_MS = 1_000;
const MINUTE = 60_000;

/** Takes in what happens, and looks at it in steps: checks, minutes, verdicts, breaches, alerts. */
export class Monitor {
  readonly #parts: MonitorParts;
  readonly #sources: AlertSources;
  #timer: NodeJS.Timeout | undefined;
  #restored = false;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #sweptClock = Number.NEGATIVE_INFINITY;
  #baselinesKeptAt: number;
  #leasing = false;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    const { book, subjects, board, anomalies, rules, startedAt, config } = parts;
    this.#sources = { book, subjects, board, anomalies, rules, startedAt, escalateMs: config.escalateMs, windowMs: config.windowMs };
    this.#baselinesKeptAt = startedAt;
  }

  /** True once what was kept is taken up. */
  restored(): boolean {
    return this.#restored;
  }

  /** Takes up what was kept, and begins to look. */
  async start(): Promise<void> {
    const { config, tools, history, tally, anomalyWatch, book, problem } = this.#parts;
    try {
      await tally.restore(tools.now());
      await history.restore(tools.now());
      await anomalyWatch.restore();
      await book.takeUp();
      await this.#keepLease(tools.now());
    } catch (error) {
      problem(error, "what was kept could not be read");
    }
    this.#restored = true;
    this.#timer = setInterval(() => this.#step(tools.now()), config.reviewMs).unref();
  }

  /** Takes in an event, once. */
  take(event: Event): void {
    const { fact, eventId, source } = event;
    const now = this.#parts.tools.now();
    if (fact.case === "adapterAnnounced") this.#parts.announced.take(fact.value, now);
    else if (fact.case === "attemptFinished") {
      if (!this.#parts.seen.add(eventId)) return;
      this.#parts.tally.count(fact.value, Number(event.occurredUnixMs), now);
      this.#attemptFinished(fact.value, now);
    } else if (fact.case === "alertChanged" && this.#parts.seen.add(eventId)) {
      if (source === SOURCE) this.#parts.book.refresh(fact.value.alertId);
      else this.#parts.book.hear(fact.value, source, now);
    }
  }

  /** Takes in that a check ended: what it says of the provider's targets shows at once. */
  checked({ provider, models, answered }: CheckResult): void {
    const { tools, subjects, board, checks, config, metrics } = this.#parts;
    const now = tools.now();
    metrics.check(provider, answered);
    const row = checks.rowOf(provider);
    // Only a provider that is found down brings in targets that nobody calls.
    if (row?.answered === false && row.inARow >= config.failedChecks) for (const model of models) subjects.target(provider, model, now);
    subjects.addCheck(provider, answered, now);
    for (const target of subjects.targets()) if (target.scope.provider === provider) this.#review(target, now);
    if (!answered && board.isUnwell(provider)) tools.logger.debug({ provider }, "a check failed");
  }

  /** Ends: keeps what is under way, and lets another replica look after the alerts. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { tools, history, tally, anomalyWatch, book, lease, problem } = this.#parts;
    const now = tools.now();
    try {
      await tally.close(now);
      await book.settled();
      await history.close(now);
      if (lease.held()) await anomalyWatch.keep(now, true);
      await lease.release(now);
    } catch (error) {
      problem(error, "what is known could not be kept");
    }
  }

  #attemptFinished(attempt: AttemptFinished, now: number): void {
    const sample = sampleOf(attempt);
    if (sample === undefined) return;
    const { subjects, board, history, metrics } = this.#parts;
    const tenant = subjects.tenantName(attempt.tenant, now);
    const target = subjects.add({ provider: attempt.provider, model: attempt.model, tenant }, sample, now);
    if (target === undefined) metrics.unwatched();
    else board.called(target, sample.succeeded, now);
    const slowFromMs = target?.level(SlaMetric.LATENCY_P95)?.level.warning ?? Number.POSITIVE_INFINITY;
    history.addCell(cellOf(attempt, tenant, sample, slowFromMs));
  }

  #step(now: number): void {
    const { config, announced, checks, history, tally, subjects } = this.#parts;
    // A target keeps its label for as long as its calls are in the window.
    announced.expire(config.windowMs, now);
    checks.tick(now);
    history.tick(now);
    tally.tick(now);
    const changed = subjects.takeChanged();
    // A clock that was set back must not keep anything from being looked at.
    const clock = performance.now();
    if (now - this.#sweptAt >= SWEEP_MS || clock - this.#sweptClock >= SWEEP_MS) {
      this.#sweptAt = now;
      this.#sweptClock = clock;
      this.#sweep(now);
    } else for (const subject of changed) this.#review(subject, now);
    this.#leaseStep(now);
  }

  #sweep(now: number): void {
    const { subjects, breaches, budgets, book, startedAt, config } = this.#parts;
    for (const subject of subjects.all()) this.#review(subject, now);
    if (now - startedAt >= config.windowMs) {
      const watched = new Set([...subjects.all()].flatMap(breachNames));
      endBreaches(breaches, (name) => watched.has(name), now);
    }
    watchAll(this.#sources, budgets.look(now), now);
    book.retry(now);
  }

  #review(subject: Subject, now: number): void {
    const { subjects, board, breaches } = this.#parts;
    const { provider, model, tenant } = subject.scope;
    subject.review(now);
    watchBreaches(breaches, subject, now);
    if (provider !== "" && model !== "" && tenant === "") board.review(subject, now);
    else if (subject.isEmpty(now)) subjects.forget(subject);
    watchLevel(this.#sources, subject, now);
  }

  #leaseStep(now: number): void {
    if (this.#leasing) return;
    this.#leasing = true;
    this.#keepLease(now)
      .catch((error: unknown) => this.#parts.problem(error, "who looks after the alerts could not be found out"))
      .finally(() => (this.#leasing = false));
  }

  /** Takes or renews the lease; who takes it goes on from what is kept, and tells what was not told. */
  async #keepLease(now: number): Promise<void> {
    const { lease, book, breaches, anomalies, anomalyWatch, webhooks } = this.#parts;
    if (await lease.keep(now)) {
      await breaches.takeUp(breachName, now);
      await anomalies.takeUp(nameOfAnomaly, now);
      await webhooks.sendMissed(await book.takeUp());
    }
    if (!lease.held() || now - this.#baselinesKeptAt < MINUTE) return;
    this.#baselinesKeptAt = now;
    await anomalyWatch.keep(now);
  }
}
