import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import type { Event } from "@fairlead/contracts/events/v1/event";
import type { TargetHealth } from "@fairlead/contracts/sla/v1/health";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import {
  type AdapterDirectory,
  advanceDirectory,
  announcedTargets,
  expireAdapters,
  sameOffer,
  targetKey,
} from "@fairlead/decision/balancing/adapter-directory";
import { createRecentIds } from "@fairlead/decision/balancing/recent-ids";
import type { ServiceLevel } from "@fairlead/decision/sla/judge-target";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { createStateStream } from "@fairlead/runtime/state-stream";
import type { SlaMonitorConfig } from "./config.ts";
import { onAttemptFinished, tellAlert } from "./events.ts";
import { listHealth } from "./handlers/list-health.ts";
import { watchHealth } from "./handlers/watch-health.ts";
import { createMetrics } from "./metrics.ts";
import { type ReviewPorts, reviewTargets } from "./review-targets.ts";
import { WatchedTargets } from "./watched-targets.ts";

/** What the sla-monitor needs. */
export interface SlaMonitorDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
}

/** Names of events remembered to act once on each. */
const REMEMBERED_EVENTS = 8_192;

/** Makes the service that holds targets against their service levels, streams its verdicts and tells alerts. */
export function createSlaMonitor(config: SlaMonitorConfig, { tools, bus }: SlaMonitorDependencies): Service {
  const watched = new WatchedTargets(config);
  const stream = createStateStream<string, TargetHealth>({ removalsAsSnapshot: true });
  const seen = createRecentIds(REMEMBERED_EVENTS);
  let directory: AdapterDirectory = [];
  let announced: ReadonlySet<string> = new Set();
  const metrics = createMetrics(tools.metrics, {
    targets: () => stream.values(),
    announced: ({ provider, model }) => announced.has(targetKey({ provider, model, deployment: "" })),
  });

  function take(event: Event): void {
    if (event.fact.case === "adapterAnnounced") {
      offer(advanceDirectory(directory, event.fact.value, tools.now()));
    } else if (event.fact.case === "attemptFinished" && seen.add(event.eventId)) {
      if (!onAttemptFinished(watched, event.fact.value, tools.now())) metrics.unwatched();
    }
  }

  function offer(next: AdapterDirectory): void {
    if (!sameOffer(directory, next)) announced = new Set(announcedTargets(next).keys());
    directory = next;
  }

  const review: ReviewPorts = {
    watched,
    stream,
    level: levelOf(config),
    alert: (fact) => {
      metrics.alert(fact.resolved);
      tellAlert(bus, tools, fact);
    },
  };
  const followed = [patterns.attemptFinished, patterns.adapterAnnounced];
  const subscriptions = followed.map((subject) => bus.subscribe(subject, (events) => events.forEach(take)));
  const timer = setInterval(() => {
    const now = tools.now();
    // A target keeps its label for as long as its calls are in the window.
    offer(expireAdapters(directory, now, { timeoutMs: config.windowMs, deafUntil: 0 }));
    reviewTargets(review, now);
  }, config.reviewMs).unref();

  return {
    implementations: [
      implement(SlaService, {
        watchHealth: watchHealth({ stream, now: tools.now, hears: () => bus.connected() }),
        listHealth: listHealth(stream),
      }),
    ],
    ready: () => bus.connected(),
    drain: () => stream.close(),
    async close() {
      clearInterval(timer);
      stream.close();
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
    },
  };
}

function levelOf(config: SlaMonitorConfig): ServiceLevel {
  return {
    successRate: { warning: config.successRateWarning, critical: config.successRateCritical },
    latencyP95Ms: { warning: config.latencyP95WarningMs, critical: config.latencyP95CriticalMs },
    minCalls: config.minCalls,
  };
}
