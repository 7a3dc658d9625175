import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { RouteOutcome } from "@fairlead/decision/routing/decide-route";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { boundedLabel } from "@fairlead/runtime/bounded-label";
import { metricChildren } from "@fairlead/runtime/metric-children";
import type { ResponseCache } from "@fairlead/state/response-cache";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { MeshView } from "./mesh-view.ts";
import type { RequestResult } from "./request-result.ts";

/** What callers ask for. */
export type RequestKind = "chat" | "stream" | "embedding";

/** Measures a request. */
export interface RequestMeter {
  /** A stream has brought its first content. */
  firstContent(): void;
  /** It is over; only the first end counts. */
  ended(result: RequestResult, code: ErrorCode): void;
}

/** Counts what the router does. */
export interface RouterMetrics {
  requestBegan(kind: RequestKind, tenant: string): RequestMeter;
  decided(outcome: RouteOutcome, tookMs: number): void;
  /** Counts that the file of routing rules was read anew, or could not be. */
  rulesRead(succeeded: boolean): void;
}

const SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05];
const REQUEST_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];
/** Tenants that have a label of their own; all others share "other". */
const MAX_TENANTS = 100;

/** Makes the metrics of the router. */
export function createRouterMetrics(registry: Registry, view: MeshView, cache: ResponseCache): RouterMetrics {
  const registers = [registry];
  const decisions = new Counter({ name: "fairlead_decisions_total", help: "Decisions by strategy and outcome.", labelNames: ["strategy", "outcome"], registers });
  const duration = new Histogram({ name: "fairlead_decision_duration_seconds", help: "Seconds that decisions took.", buckets: SECONDS, registers });
  watchState(registry, view);
  countLookups(registry, cache);
  const rules = new Counter({ name: "fairlead_routing_rules_read_total", help: "Times the file of routing rules was read anew, by outcome.", labelNames: ["outcome"], registers });
  for (const outcome of ["read", "refused"]) rules.labels(outcome).inc(0);
  const known = new Set(STRATEGY_NAMES);
  const decisionsOf = metricChildren(decisions);
  return {
    requestBegan: requestMeters(registry),
    decided(outcome, tookMs) {
      const strategy = known.has(outcome.decision.strategy) ? outcome.decision.strategy : "other";
      decisionsOf(strategy, outcome.kind === "routed" ? "routed" : nameOf(outcome.code)).inc();
      duration.observe(tookMs / 1000);
    },
    rulesRead: (succeeded) => rules.labels(succeeded ? "read" : "refused").inc(),
  };
}

function requestMeters(registry: Registry): RouterMetrics["requestBegan"] {
  const registers = [registry];
  const histogram = (name: string, help: string) => new Histogram({ name, help, labelNames: ["kind"], buckets: REQUEST_SECONDS, registers });
  const requests = new Counter({
    name: "fairlead_requests_total",
    help: "Requests by what was asked for and how they ended; only those with the result failed are the mesh's or its providers' fault.",
    labelNames: ["kind", "result", "code"],
    registers,
  });
  const byTenant = new Counter({
    name: "fairlead_tenant_requests_total",
    help: `Requests by tenant and how they ended; the first ${MAX_TENANTS} tenants have a label of their own.`,
    labelNames: ["tenant", "result"],
    registers,
  });
  const durationOf = metricChildren(histogram("fairlead_request_duration_seconds", "Seconds that requests took, whole streams included."));
  const firstOf = metricChildren(histogram("fairlead_request_first_content_seconds", "Seconds until streams brought their first content."));
  const requestsOf = metricChildren(requests);
  const byTenantOf = metricChildren(byTenant);
  const tenantLabel = boundedLabel(MAX_TENANTS);
  for (const kind of ["chat", "stream", "embedding"]) requestsOf(kind, "answered", "ok").inc(0);
  return (kind, tenant) => {
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 1000;
    let over = false;
    return {
      firstContent: () => firstOf(kind).observe(elapsed()),
      ended(result, code) {
        if (over) return;
        over = true;
        requestsOf(kind, result, code === ErrorCode.UNSPECIFIED ? "ok" : nameOf(code)).inc();
        byTenantOf(tenantLabel(tenant), result).inc();
        durationOf(kind).observe(elapsed());
      },
    };
  };
}

function watchState(registry: Registry, view: MeshView): void {
  new Gauge({
    name: "fairlead_state_age_seconds",
    help: "Age of the state that decisions rest on; -1 before it came.",
    labelNames: ["part"],
    registers: [registry],
    collect() {
      const age = view.age();
      for (const part of ["targets", "cost", "health"] as const) {
        const seconds = age[part];
        this.labels(part).set(seconds === undefined ? -1 : Number(seconds.seconds) + seconds.nanos / 1e9);
      }
    },
  });
}

function countLookups(registry: Registry, cache: ResponseCache): void {
  new Counter({
    name: "fairlead_cache_lookups_total",
    help: "Looks into the store of answers, by level and result.",
    labelNames: ["level", "result"],
    registers: [registry],
    collect() {
      // The store counts for itself since the start: what it says is taken over whole.
      this.reset();
      for (const { level, hits, misses } of cache.statistics().levels) {
        this.labels(level, "hit").inc(hits);
        this.labels(level, "miss").inc(misses);
      }
    },
  });
}

function nameOf(code: ErrorCode): string {
  return (ErrorCode[code] ?? "INTERNAL").toLowerCase();
}
