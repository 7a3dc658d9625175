import type { Bus } from "@fairlead/bus/bus";
import { patterns } from "@fairlead/bus/subjects";
import type { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { type Client, implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { CircuitStore } from "@fairlead/state/circuit-store";
import { AdapterDirectory, type OpenAdapter } from "./adapter-directory.ts";
import { CircuitBoard } from "./circuit-board.ts";
import type { FallbackManagerConfig } from "./config.ts";
import { createEvents, type ExecutionEvents } from "./events.ts";
import type { ExecutionTools } from "./execution-tools.ts";
import { execute } from "./handlers/execute.ts";
import { executeCountTokens } from "./handlers/execute-count-tokens.ts";
import { executeEmbed } from "./handlers/execute-embed.ts";
import { executeStream } from "./handlers/execute-stream.ts";
import { listCircuits } from "./handlers/list-circuits.ts";
import { resetCircuit } from "./handlers/reset-circuit.ts";
import { LoadBoard } from "./load-board.ts";
import { createExecutionMetrics } from "./metrics.ts";
import { probeProvider } from "./probe-provider.ts";
import { ProviderQuotas } from "./quotas/provider-quotas.ts";
import { RecoveryWatch } from "./recovery-watch.ts";
import { Rests } from "./rests.ts";
import { SchemaValidators } from "./schema-validators.ts";
import { TokenPurse } from "./token-purse.ts";

/** What the fallback-manager needs. */
export interface FallbackManagerDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly circuits: CircuitStore;
  readonly openAdapter: OpenAdapter;
  readonly balancing: Client<typeof BalancingService>;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** Makes the service that carries out plans: attempts, circuits, retries, the commit point of streams, and their cost. */
export async function createFallbackManager(config: FallbackManagerConfig, dependencies: FallbackManagerDependencies): Promise<Service> {
  const { tools, bus, circuits: store, instance } = dependencies;
  const metrics = createExecutionMetrics(tools.metrics);
  const events = createEvents({ bus, tools, instance, lost: metrics.costLost });
  const adapters = new AdapterDirectory(bus, dependencies.openAdapter, tools.now, tools.newId);
  const circuits = createCircuits(config, tools, store, events);
  metrics.watchCircuits(() => circuits.list());
  const recovery = new RecoveryWatch({
    board: circuits,
    probes: { everyMs: config.probeMs, mostMs: Math.max(config.probeMs, config.probeMostMs) },
    openMs: config.circuitOpenMs,
    now: tools.now,
    random: Math.random,
    claim: (name, forMs) => store.claim(name, instance, forMs),
    probe: (provider, deployment) => probeProvider(adapters, provider, deployment),
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
  const quotas = new ProviderQuotas({
    balancing: dependencies.balancing,
    holder: instance,
    tools,
    maxWaitMs: config.quotaWaitMs,
    maxWaiting: config.quotaWaiting,
  });
  metrics.watchQuotas(() => quotas.waiting());
  const execution: ExecutionTools = {
    quotas,
    adapters,
    circuits,
    rests: new Rests(tools.now),
    loads: new LoadBoard(config.loadReportMs, (calls) => events.loadReported(calls)),
    events,
    metrics,
    retries: new TokenPurse({ ratio: config.retryRatio, most: config.retrySaved }),
    hedges: new TokenPurse({ ratio: config.hedgeRatio, most: config.hedgeSaved }),
    backoff: { firstMs: config.retryFirstMs, mostMs: config.retryMostMs },
    schemas: new SchemaValidators(config.schemaTimeMs),
    heldStreamBytes: config.heldStreamBytes,
    tools,
  };
  return {
    implementations: [
      implement(ExecutionService, {
        execute: execute(execution),
        executeStream: executeStream(execution),
        executeEmbed: executeEmbed(execution),
        executeCountTokens: executeCountTokens(execution),
        listCircuits: listCircuits(circuits),
        resetCircuit: resetCircuit(circuits, execution.rests),
      }),
    ],
    ready: () => adapters.begun(),
    async close() {
      await followed.close();
      recovery.close();
      await quotas.close();
      execution.loads.close();
      await adapters.close();
    },
  };
}

/** The circuits, whose changes are logged, told and kept. */
function createCircuits(config: FallbackManagerConfig, tools: ServiceTools, store: CircuitStore, events: ExecutionEvents): CircuitBoard {
  return new CircuitBoard({
    breaker: {
      failureThreshold: config.circuitFailures,
      failureRate: config.circuitFailureRate,
      minCalls: config.circuitMinCalls,
      windowMs: config.circuitWindowMs,
      openMs: config.circuitOpenMs,
      maxProbes: config.circuitProbes,
      successThreshold: config.circuitSuccesses,
    },
    now: tools.now,
    changed(circuit) {
      const { provider, model, deployment, state } = circuit;
      tools.logger.warn({ provider, model, deployment, state }, "a circuit changed");
      events.circuitChanged(circuit);
      store.save(circuit).catch((error: unknown) => tools.logger.warn({ err: error }, "a circuit could not be kept"));
    },
  });
}
