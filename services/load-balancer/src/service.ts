import type { Bus } from "@fairlead/bus/bus";
import { followHearing } from "@fairlead/bus/hearing";
import { patterns } from "@fairlead/bus/subjects";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { targetKey } from "@fairlead/decision/balancing/adapter-directory";
import { createRecentIds } from "@fairlead/decision/balancing/recent-ids";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { createStateStream } from "@fairlead/runtime/state-stream";
import type { QuotaLedger } from "@fairlead/state/quota-ledger";
import type { LoadBalancerConfig } from "./config.ts";
import { type Effect, onAttemptFinished, onCircuitChanged } from "./events.ts";
import { ExecutorLoads } from "./executor-loads.ts";
import { acquireQuota } from "./handlers/acquire-quota.ts";
import { listTargets } from "./handlers/list-targets.ts";
import { returnQuota } from "./handlers/return-quota.ts";
import { watchTargets } from "./handlers/watch-targets.ts";
import { createMetrics } from "./metrics.ts";
import { Offers } from "./offers.ts";
import { publishModels } from "./publish-targets.ts";
import { TargetBook } from "./target-book.ts";

/** What the load-balancer needs. */
export interface LoadBalancerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly quotas: QuotaLedger;
}

/** Names of events remembered to act once on each. */
const REMEMBERED_EVENTS = 8_192;
/** Figures fade without any event, so everything is looked at again that often. */
const FADE_MS = 1_000;

/**
 * Makes the service that works out figures and weights of targets from events and streams them to routers, and that
 * hands out shares of what providers let through.
 */
export function createLoadBalancer(config: LoadBalancerConfig, dependencies: LoadBalancerDependencies): Service {
  const { tools, bus, quotas } = dependencies;
  const book = new TargetBook(config);
  const offers = new Offers();
  const loads = new ExecutorLoads();
  const stream = createStateStream<string, TargetState>({ removalsAsSnapshot: true });
  const ports = { book, stream, config, loads: () => loads.byTarget() };
  const hearing = followHearing(bus, tools.now);
  const metrics = createMetrics(tools.metrics, () => stream.values());
  const seen = createRecentIds(REMEMBERED_EVENTS);
  const changedModels = new Set<string>();
  let fadedAt = 0;

  function take({ eventId, fact }: Event): void {
    const now = tools.now();
    if (fact.case === "adapterAnnounced") {
      if (offers.announced(fact.value, now)) offer();
    } else if (fact.case === "loadReported") {
      loads.take(fact.value, now).forEach(changed);
    } else if (!seen.add(eventId)) {
      return;
    } else if (fact.case === "attemptFinished") {
      if (counted(onAttemptFinished(book, fact.value, now, config))) changed(targetKey(fact.value));
    } else if (fact.case === "circuitChanged" && fact.value.circuit !== undefined) {
      const model = book.modelOf(targetKey(fact.value.circuit));
      if (!counted(onCircuitChanged(book, fact.value, now)) || model === undefined) return;
      publishModels(ports, [model], now, { urgent: true });
    }
  }

  function changed(key: string): void {
    const model = book.modelOf(key);
    if (model !== undefined) changedModels.add(model);
  }

  function counted(effect: Effect): boolean {
    if (effect === "no_room") metrics.ignored();
    return effect === "changed";
  }

  function offer(): void {
    for (const key of book.offer(offers.targets())) stream.delete(key, { urgent: true });
    publishModels(ports, book.models(), tools.now());
    tools.logger.info({ adapters: offers.adapters, targets: stream.values().length }, "the offer of targets changed");
  }

  function tick(): void {
    if (!hearing.hears()) return;
    const now = tools.now();
    const deafUntil = hearing.deafUntil();
    if (offers.expire(now, { timeoutMs: config.adapterTimeoutMs, deafUntil })) offer();
    loads.expire(now, config.loadTimeoutMs, deafUntil).forEach(changed);
    const all = Math.abs(now - fadedAt) >= FADE_MS;
    if (all) fadedAt = now;
    publishModels(ports, all ? book.models() : changedModels, now);
    changedModels.clear();
    stream.flush();
  }

  const { attemptFinished, circuitChanged, adapterAnnounced, loadReported } = patterns;
  const followed = [attemptFinished, circuitChanged, adapterAnnounced, loadReported];
  const subscriptions = followed.map((subject) => bus.subscribe(subject, (events) => events.forEach(take)));
  const timer = setInterval(tick, config.refreshMs).unref();

  return {
    implementations: [
      implement(BalancingService, {
        watchTargets: watchTargets({ stream, now: tools.now, hears: hearing.hears }),
        listTargets: listTargets(stream),
        acquireQuota: acquireQuota({ quotas, metrics, tools, config }),
        returnQuota: returnQuota(quotas),
      }),
    ],
    ready: () => true,
    drain: () => stream.close(),
    async close() {
      clearInterval(timer);
      hearing.close();
      stream.close();
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
    },
  };
}
