import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import { type Circuit, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { metricChildren } from "@fairlead/runtime/metric-children";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { FailedCheck } from "./answer-checks.ts";
import type { AttemptRecord } from "./attempt-record.ts";

/** Counts what executions do. */
export interface ExecutionMetrics {
  attempted(record: AttemptRecord): void;
  finished(lines: readonly CostLine[], succeeded: boolean, fellBack: boolean): void;
  /** The retry budget had nothing left for a further call. */
  retryRefused(): void;
  /** A second target was asked because the first was late, and answered first or not; or the budget had nothing left. */
  hedged(outcome: "won" | "lost" | "refused"): void;
  /** An answer did not pass a check. */
  checkFailed(check: FailedCheck): void;
  /** How many calls wait for what their accounts let through. */
  watchQuotas(waiting: () => number): void;
  /** The circuits as this process sees them. */
  watchCircuits(circuits: () => readonly Circuit[]): void;
  /** A cost event could not be stored. */
  costLost(): void;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Label values kept at most; whatever plans may name beyond them is "other". */
const MAX_TARGETS = 500;
/** What tokens are charged as; a token is of one type only. */
const TOKEN_TYPES = [
  { type: "input", field: "inputTokens" },
  { type: "cache_read", field: "cacheReadTokens" },
  { type: "cache_write", field: "cacheWriteTokens" },
  { type: "output", field: "outputTokens" },
  { type: "reasoning", field: "reasoningTokens" },
  { type: "audio_input", field: "audioInputTokens" },
  { type: "audio_output", field: "audioOutputTokens" },
  { type: "image_input", field: "imageInputTokens" },
  { type: "image_output", field: "imageOutputTokens" },
] as const;

/** Makes the metrics of executions. */
export function createExecutionMetrics(registry: Registry): ExecutionMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: "fairlead_attempts_total",
    help: "Calls of targets by how they ended.",
    labelNames: ["provider", "model", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "fairlead_attempt_duration_seconds",
    help: "Seconds that calls of targets took.",
    labelNames: ["provider", "model"],
    buckets: SECONDS,
    registers,
  });
  const executions = new Counter({
    name: "fairlead_executions_total",
    help: "Requests executed, by whether they were answered and whether more than one attempt was needed.",
    labelNames: ["answered", "fell_back"],
    registers,
  });
  const tokens = new Counter({
    name: "fairlead_tokens_total",
    help: "Tokens used, by what they are charged as: each token is of one type only.",
    labelNames: ["provider", "model", "type"],
    registers,
  });
  const lost = new Counter({ name: "fairlead_cost_events_lost_total", help: "Cost events that could not be stored.", registers });
  const retriesRefused = new Counter({
    name: "fairlead_retries_refused_total",
    help: "Further calls that the retry budget did not allow.",
    registers,
  });
  const hedges = new Counter({
    name: "fairlead_hedges_total",
    help: "Second targets asked beside a late one, by whether they answered first, and those that the budget refused.",
    labelNames: ["outcome"],
    registers,
  });
  const checks = new Counter({
    name: "fairlead_checks_failed_total",
    help: "Answers that did not pass a check of their quality.",
    labelNames: ["check"],
    registers,
  });
  const attemptsOf = metricChildren(attempts);
  const durationOf = metricChildren(duration);
  const executionsOf = metricChildren(executions);
  const tokensOf = metricChildren(tokens);
  for (const answered of ["true", "false"]) for (const fellBack of ["true", "false"]) executionsOf(answered, fellBack).inc(0);
  for (const outcome of ["won", "lost", "refused"]) hedges.inc({ outcome }, 0);
  const known = new Set<string>();
  const bounded = (provider: string, model: string): [string, string] => {
    const key = `${provider}/${model}`;
    if (!known.has(key) && known.size >= MAX_TARGETS) return ["other", "other"];
    known.add(key);
    return [provider, model];
  };
  return {
    attempted(record) {
      const [provider, model] = bounded(record.provider, record.model);
      const outcome = record.errorCode === ErrorCode.UNSPECIFIED ? "ok" : (ErrorCode[record.errorCode] ?? "INTERNAL").toLowerCase();
      attemptsOf(provider, model, outcome).inc();
      durationOf(provider, model).observe(record.durationMs / 1000);
    },
    finished(lines, succeeded, fellBack) {
      executionsOf(String(succeeded), String(fellBack)).inc();
      for (const { usage, ...line } of lines) {
        if (usage === undefined) continue;
        const [provider, model] = bounded(line.provider, line.model);
        for (const { type, field } of TOKEN_TYPES) if (usage[field] > 0) tokensOf(provider, model, type).inc(usage[field]);
      }
    },
    retryRefused: () => retriesRefused.inc(),
    hedged: (outcome) => hedges.inc({ outcome }),
    checkFailed: (check) => checks.inc({ check }),
    watchQuotas(waiting) {
      new Gauge({
        name: "fairlead_quota_waiting_calls",
        help: "Calls that wait for what their accounts let through in a minute.",
        registers,
        collect() {
          this.set(waiting());
        },
      });
    },
    watchCircuits: (circuits) => watchCircuits(registry, circuits, bounded),
    costLost: () => lost.inc(),
  };
}

/** Deployments of a model are told apart; beyond the known targets the worst counts. */
function watchCircuits(registry: Registry, circuits: () => readonly Circuit[], bounded: (provider: string, model: string) => [string, string]): void {
  const degree = { [CircuitState.UNSPECIFIED]: 0, [CircuitState.CLOSED]: 0, [CircuitState.HALF_OPEN]: 1, [CircuitState.OPEN]: 2 };
  new Gauge({
    name: "fairlead_circuit_state",
    help: "Circuit of a target as this process sees it: 0 closed, 1 half open, 2 open.",
    labelNames: ["provider", "model", "deployment"],
    registers: [registry],
    collect() {
      this.reset();
      let worstOther = -1;
      for (const { provider, model, deployment, state } of circuits()) {
        const labels = bounded(provider, model);
        if (labels[1] === model) this.labels(...labels, deployment).set(degree[state]);
        else worstOther = Math.max(worstOther, degree[state]);
      }
      if (worstOther >= 0) this.labels("other", "other", "").set(worstOther);
    },
  });
}
