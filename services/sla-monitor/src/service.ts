import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects as busSubjects } from "@fairlead/bus/subjects";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { AnomalySchema, BreachIntervalSchema } from "@fairlead/contracts/sla/v1/report";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { createRecentIds } from "@fairlead/decision/balancing/recent-ids";
import { type Client, implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { createStateStream } from "@fairlead/runtime/state-stream";
import type { RecordStore } from "@fairlead/state/record-store";
import { AlertBook } from "./alert-book.ts";
import { AlertRecords } from "./alert-records.ts";
import { AnnouncedTargets } from "./announced-targets.ts";
import { AnomalyWatch } from "./anomaly-watch.ts";
import { BudgetFigures } from "./budget-figures.ts";
import { Checks, type OpenAdapter } from "./checks.ts";
import { levelsOf, rulesOf, type SlaMonitorConfig } from "./config.ts";
import { SOURCE, tellAlert, tellHealth } from "./events.ts";
import { acknowledgeAlert, listAlerts } from "./handlers/alerts.ts";
import { explainBreach } from "./handlers/explain-breach.ts";
import { getComplianceReport } from "./handlers/get-compliance-report.ts";
import { listAnomalies } from "./handlers/list-anomalies.ts";
import { listHealth } from "./handlers/list-health.ts";
import { listServiceLevels } from "./handlers/list-service-levels.ts";
import { createMetricsSnapshot, getMetricsSnapshot, listMetricsSnapshots } from "./handlers/metrics-snapshots.ts";
import { getMetricsSummary, resetMetricsSummary } from "./handlers/metrics-summary.ts";
import { watchHealth } from "./handlers/watch-health.ts";
import { HealthBoard } from "./health-board.ts";
import { History } from "./history.ts";
import { IntervalLog } from "./interval-log.ts";
import { Lease } from "./lease.ts";
import { createMetrics, type SlaMetrics } from "./metrics.ts";
import { Monitor } from "./monitor.ts";
import { Snapshots } from "./snapshots.ts";
import { Subjects } from "./subjects.ts";
import { SummaryBook } from "./summary-book.ts";
import { TallyRecords } from "./tally-records.ts";
import { Tally } from "./tally.ts";
import { WebhookSender } from "./webhooks/webhook-sender.ts";

/** What the sla-monitor needs. */
export interface SlaMonitorDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  /** Where alerts and history are kept; replicas share it. */
  readonly records: RecordStore;
  readonly openAdapter: OpenAdapter;
  /** Where budgets are known; undefined: rules about budgets have nothing to look at. */
  readonly cost: (() => Client<typeof CostService>) | undefined;
  /** Secrets of webhooks by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** Names of events remembered to act once on each. */
const REMEMBERED_EVENTS = 8_192;
const DAY = 86_400_000;

/** Makes the service that holds calls against service levels, checks providers, streams verdicts and tells alerts. */
export function createSlaMonitor(config: SlaMonitorConfig, dependencies: SlaMonitorDependencies): Service {
  const { tools, bus, records } = dependencies;
  const startedAt = tools.now();
  const levels = levelsOf(config);
  const rules = rulesOf(config);
  const subjects = new Subjects({ ...config, levels, rules, startedAt });
  const stream = createStateStream<string, TargetHealth>({ removalsAsSnapshot: true });
  const seen = createRecentIds(REMEMBERED_EVENTS);
  const problem = (error: unknown, what: string) => tools.logger.warn({ err: error }, what);
  const announced = new AnnouncedTargets();
  const lease = new Lease({ records, instance: dependencies.instance, leaseMs: config.leaseMs });
  const alertRecords = new AlertRecords(records);
  const keeps = () => lease.held();
  const keepMs = config.historyDays * DAY;
  const breaches = new IntervalLog({ records, kind: "sla-breach", schema: BreachIntervalSchema, keepMs, keeps, problem });
  const anomalies = new IntervalLog({ records, kind: "sla-anomaly", schema: AnomalySchema, keepMs, keeps, problem });
  const anomalyWatch = new AnomalyWatch({
    settings: { sigmas: config.anomalySigmas, minutes: config.anomalyMinutes, warmUp: config.anomalyWarmUpMinutes },
    log: anomalies,
    records,
    startedAt,
  });
  const history = new History(
    { subjects, records, keepDays: config.historyDays, minuteOver: (subject, minute) => anomalyWatch.minuteOver(subject, minute), problem },
    startedAt,
  );
  const tally = new Tally({ records: new TallyRecords(records, config.historyDays), problem }, startedAt);
  const summaries = new SummaryBook({ tally, records, isAnnounced: (provider) => announced.hasProvider(provider) });
  const snapshots = new Snapshots(records);
  let metrics: SlaMetrics | undefined = undefined;
  const webhooks = new WebhookSender({
    webhooks: config.webhooks,
    secrets: dependencies.secrets,
    records: alertRecords,
    now: tools.now,
    count: (endpoint, outcome) => metrics?.webhook(endpoint, outcome),
    problem: (reason, endpoint) => tools.logger.warn({ endpoint, reason }, "a webhook was not delivered"),
  });
  const book = new AlertBook({
    records: alertRecords,
    lease,
    problem,
    tell(alert, news) {
      metrics?.alert(news);
      // Who hears this change is told that it comes from here.
      if (alert.source === SOURCE) seen.add(tellAlert(bus, tools, alert, news));
      webhooks.send(alert, news);
    },
  });
  const board = new HealthBoard({
    subjects,
    stream,
    settings: config,
    checksOf: (provider) => checks.rowOf(provider),
    changed: (health) => tellHealth(bus, tools, health),
  });
  const checks = new Checks(config, {
    bus,
    openAdapter: dependencies.openAdapter,
    now: tools.now,
    random: Math.random,
    isUnwell: (provider) => board.isUnwell(provider),
    checked: (result) => monitor.checked(result),
  });
  metrics = createMetrics(tools.metrics, {
    targets: () => stream.values(),
    announced: (target) => announced.has(target),
    knownProvider: (provider) => announced.hasProvider(provider),
    activeAlerts: () => book.active(),
    burns: () => subjects.burns(tools.now()),
  });
  const monitor = new Monitor({
    config,
    tools,
    subjects,
    board,
    checks,
    history,
    tally,
    book,
    lease,
    breaches,
    anomalies,
    anomalyWatch,
    webhooks,
    announced,
    metrics,
    rules,
    startedAt,
    seen,
    problem,
    budgets: new BudgetFigures(dependencies.cost, rules),
  });
  const followed = [patterns.attemptFinished, patterns.adapterAnnounced, patterns.alertChanged];
  const subscriptions = followed.map((subject) => bus.subscribe(subject, (events) => events.forEach((event) => monitor.take(event))));
  bus.publish(busSubjects.adapterDiscovery, newEvent({ id: tools.newId(), source: SOURCE, now: tools.now() }, { case: undefined }));
  const restored = monitor.start();

  const reports = { history, subjects, breaches, levels, now: tools.now };
  return {
    implementations: [
      implement(SlaService, {
        watchHealth: watchHealth({ stream, now: tools.now, hears: () => bus.connected() }),
        listHealth: listHealth(stream, checks),
        listServiceLevels: listServiceLevels(subjects, tools.now),
        listAlerts: listAlerts(book),
        acknowledgeAlert: acknowledgeAlert(book, tools.now),
        getComplianceReport: getComplianceReport(reports),
        explainBreach: explainBreach(reports),
        listAnomalies: listAnomalies(anomalies),
        getMetricsSummary: getMetricsSummary(summaries, tools.now),
        resetMetricsSummary: resetMetricsSummary(summaries, tools.now),
        createMetricsSnapshot: createMetricsSnapshot(summaries, snapshots, tools.now),
        listMetricsSnapshots: listMetricsSnapshots(snapshots),
        getMetricsSnapshot: getMetricsSnapshot(snapshots),
      }),
    ],
    ready: () => monitor.restored(),
    drain: () => stream.close(),
    async close() {
      stream.close();
      await restored;
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await checks.close();
      await monitor.close();
      await webhooks.close();
    },
  };
}
