import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { TargetState } from "@fairlead/contracts/balancing/v1/target";
import type { Event } from "@fairlead/contracts/events/v1/event";
import {
  type AdapterDirectory,
  advanceDirectory,
  announcedTargets,
  expireAdapters,
  sameOffer,
} from "@fairlead/decision/balancing/adapter-directory";
import { createRecentIds } from "@fairlead/decision/balancing/recent-ids";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import { createStateStream } from "@fairlead/runtime/state-stream";
import type { LoadBalancerConfig } from "./config.ts";
import { type Effect, onAttemptFinished, onCircuitChanged } from "./events.ts";
import { listTargets } from "./handlers/list-targets.ts";
import { watchTargets } from "./handlers/watch-targets.ts";
import { createHearing } from "./hearing.ts";
import { createMetrics } from "./metrics.ts";
import { publishModel } from "./publish-targets.ts";
import { TargetBook } from "./target-book.ts";

/** What the load-balancer needs. */
export interface LoadBalancerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
}

/** Names of events remembered to act once on each. */
const REMEMBERED_EVENTS = 8_192;
/** Figures fade without any event, so everything is looked at again that often. */
const FADE_MS = 1_000;

/** Makes the service that works out figures and weights of targets from events and streams them to routers. */
export function createLoadBalancer(config: LoadBalancerConfig, { tools, bus }: LoadBalancerDependencies): Service {
  const book = new TargetBook(config.maxTargets);
  const stream = createStateStream<string, TargetState>({ removalsAsSnapshot: true });
  const ports = { book, stream, config };
  const hearing = createHearing(() => bus.connected(), tools.now);
  const metrics = createMetrics(tools.metrics, () => stream.values());
  const seen = createRecentIds(REMEMBERED_EVENTS);
  const changedModels = new Set<string>();
  let directory: AdapterDirectory = [];
  let fadedAt = 0;

  function take(event: Event): void {
    if (event.fact.case === "adapterAnnounced") offer(advanceDirectory(directory, event.fact.value, tools.now()));
    else if (!seen.add(event.eventId)) return;
    else if (event.fact.case === "attemptFinished") {
      const { model } = event.fact.value;
      const effect = onAttemptFinished(book, event.fact.value, tools.now(), config);
      if (counted(effect)) changedModels.add(model);
    } else if (event.fact.case === "circuitChanged") {
      const effect = onCircuitChanged(book, event.fact.value, tools.now());
      if (counted(effect)) publishModel(ports, event.fact.value.circuit?.model ?? "", tools.now(), { urgent: true });
    }
  }

  function counted(effect: Effect): boolean {
    if (effect === "no_room") metrics.ignored();
    return effect === "changed";
  }

  function offer(next: AdapterDirectory): void {
    const same = sameOffer(directory, next);
    directory = next;
    if (same) return;
    for (const key of book.offer(announcedTargets(directory))) stream.delete(key, { urgent: true });
    for (const model of book.models()) publishModel(ports, model, tools.now());
    tools.logger.info({ adapters: directory.length, targets: stream.values().length }, "the offer of targets changed");
  }

  function tick(): void {
    hearing.check();
    if (!hearing.hears()) return;
    const now = tools.now();
    offer(expireAdapters(directory, now, { timeoutMs: config.adapterTimeoutMs, deafUntil: hearing.deafUntil() }));
    const all = Math.abs(now - fadedAt) >= FADE_MS;
    if (all) fadedAt = now;
    for (const model of all ? book.models() : changedModels) publishModel(ports, model, now);
    changedModels.clear();
    stream.flush();
  }

  const followed = [patterns.attemptFinished, patterns.circuitChanged, patterns.adapterAnnounced];
  const subscriptions = followed.map((subject) => bus.subscribe(subject, (events) => events.forEach(take)));
  const timer = setInterval(tick, config.refreshMs).unref();

  return {
    implementations: [
      implement(BalancingService, {
        watchTargets: watchTargets({ stream, now: tools.now, hears: hearing.hears }),
        listTargets: listTargets(stream),
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
