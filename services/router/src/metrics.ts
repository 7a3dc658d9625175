import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { RouteOutcome } from "@fairlead/decision/routing/decide-route";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { metricChildren } from "@fairlead/runtime/metric-children";
import type { ResponseCache } from "@fairlead/state/response-cache";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { MeshView } from "./mesh-view.ts";

/** Counts what the router does. */
export interface RouterMetrics {
  decided(outcome: RouteOutcome, tookMs: number): void;
  /** Counts that the file of routing rules was read anew, or could not be. */
  rulesRead(succeeded: boolean): void;
}

const SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05];

/** Makes the metrics of the router. */
export function createRouterMetrics(registry: Registry, view: MeshView, cache: ResponseCache): RouterMetrics {
  const registers = [registry];
  const decisions = new Counter({ name: "fairlead_decisions_total", help: "Decisions by strategy and outcome.", labelNames: ["strategy", "outcome"], registers });
  const duration = new Histogram({ name: "fairlead_decision_duration_seconds", help: "Seconds that decisions took.", buckets: SECONDS, registers });
  new Gauge({
    name: "fairlead_state_age_seconds",
    help: "Age of the state that decisions rest on; -1 before it came.",
    labelNames: ["part"],
    registers,
    collect() {
      const age = view.age();
      for (const part of ["targets", "cost", "health"] as const) {
        const seconds = age[part];
        this.labels(part).set(seconds === undefined ? -1 : Number(seconds.seconds) + seconds.nanos / 1e9);
      }
    },
  });
  new Gauge({
    name: "fairlead_cache_lookups",
    help: "Looks into the store of answers since the start, by level and result.",
    labelNames: ["level", "result"],
    registers,
    collect() {
      for (const { level, hits, misses } of cache.statistics().levels) {
        this.labels(level, "hit").set(hits);
        this.labels(level, "miss").set(misses);
      }
    },
  });
  const rules = new Counter({ name: "fairlead_routing_rules_read_total", help: "Times the file of routing rules was read anew, by outcome.", labelNames: ["outcome"], registers });
  const known = new Set(STRATEGY_NAMES);
  const decisionsOf = metricChildren(decisions);
  return {
    decided(outcome, tookMs) {
      const strategy = known.has(outcome.decision.strategy) ? outcome.decision.strategy : "other";
      decisionsOf(strategy, outcome.kind === "routed" ? "routed" : (ErrorCode[outcome.code] ?? "").toLowerCase()).inc();
      duration.observe(tookMs / 1000);
    },
    rulesRead: (succeeded) => rules.labels(succeeded ? "read" : "refused").inc(),
  };
}
