import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { DEFAULT_RETRY_BUDGET } from "@fairlead/decision/fallback/retry-budget";
import { implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { CircuitStore } from "@fairlead/state/circuit-store";
import { AdapterDirectory, type OpenAdapter } from "./adapter-directory.ts";
import { CircuitBoard } from "./circuit-board.ts";
import type { FallbackManagerConfig } from "./config.ts";
import { createEvents } from "./events.ts";
import type { ExecutionTools } from "./execution.ts";
import { execute } from "./handlers/execute.ts";
import { executeEmbed } from "./handlers/execute-embed.ts";
import { executeStream } from "./handlers/execute-stream.ts";
import { listCircuits } from "./handlers/list-circuits.ts";
import { resetCircuit } from "./handlers/reset-circuit.ts";
import { createExecutionMetrics } from "./metrics.ts";
import { RetryPurse } from "./retry-purse.ts";

/** What the fallback-manager needs. */
export interface FallbackManagerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly circuits: CircuitStore;
  readonly openAdapter: OpenAdapter;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** Makes the service that carries out plans: attempts, circuits, retries, the commit point of streams, and their cost. */
export async function createFallbackManager(config: FallbackManagerConfig, dependencies: FallbackManagerDependencies): Promise<Service> {
  const { tools, bus, circuits: store, instance } = dependencies;
  const metrics = createExecutionMetrics(tools.metrics);
  const events = createEvents({ bus, tools, instance, lost: metrics.costLost });
  const circuits = new CircuitBoard({
    breaker: {
      failureThreshold: config.circuitFailures,
      openMs: config.circuitOpenMs,
      maxProbes: config.circuitProbes,
      successThreshold: config.circuitSuccesses,
    },
    now: tools.now,
    changed(circuit) {
      tools.logger.warn({ provider: circuit.provider, model: circuit.model, state: circuit.state }, "a circuit changed");
      events.circuitChanged(circuit);
      store.save(circuit).catch((error: unknown) => tools.logger.warn({ err: error }, "a circuit could not be kept"));
    },
  });
  await store
    .load()
    .then((kept) => kept.forEach((circuit) => circuits.adopt(circuit)))
    .catch((error: unknown) => tools.logger.warn({ err: error }, "kept circuits could not be read"));
  const followed = bus.subscribe(patterns.circuitChanged, (changes) => {
    for (const { fact } of changes) {
      if (fact.case === "circuitChanged" && fact.value.instance !== instance && fact.value.circuit !== undefined) circuits.adopt(fact.value.circuit);
    }
  });
  const adapters = new AdapterDirectory(bus, dependencies.openAdapter, tools.now, tools.newId);
  const execution: ExecutionTools = {
    adapters,
    circuits,
    events,
    metrics,
    retries: new RetryPurse({ ...DEFAULT_RETRY_BUDGET, ratio: config.retryRatio }),
    backoff: { firstMs: config.retryFirstMs, mostMs: config.retryMostMs },
    tools,
  };
  return {
    implementations: [
      implement(ExecutionService, {
        execute: execute(execution),
        executeStream: executeStream(execution),
        executeEmbed: executeEmbed(execution),
        listCircuits: listCircuits(circuits),
        resetCircuit: resetCircuit(circuits),
      }),
    ],
    ready: () => bus.connected(),
    async close() {
      await followed.close();
      circuits.close();
      await adapters.close();
    },
  };
}
