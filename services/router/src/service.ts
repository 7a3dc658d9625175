import type { Bus } from "@fairlead/bus/bus";
import type { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { type Client, implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { ResponseCache } from "@fairlead/state/response-cache";
import { BudgetLeases } from "./budget-leases.ts";
import type { RouterConfig } from "./config.ts";
import { createEvents } from "./events.ts";
import { embed } from "./handlers/embed.ts";
import { explain } from "./handlers/explain.ts";
import { generate, type GenerateTools } from "./handlers/generate.ts";
import { generateStream } from "./handlers/generate-stream.ts";
import { listModels } from "./handlers/list-models.ts";
import { MeshView } from "./mesh-view.ts";
import { createRouterMetrics } from "./metrics.ts";
import { unimplemented } from "./route-request.ts";

/** What the router needs. */
export interface RouterDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly cache: ResponseCache;
  readonly execution: Client<typeof ExecutionService>;
  readonly balancing: Client<typeof BalancingService>;
  readonly cost: Client<typeof CostService>;
  readonly sla: Client<typeof SlaService>;
  /** Unique for this run of this process. */
  readonly instance: string;
}

/** Makes the service that decides where requests go, from state that it holds, and has the plan executed. */
export function createRouter(config: RouterConfig, dependencies: RouterDependencies): Service {
  const { tools, bus, cache, cost, execution, instance } = dependencies;
  const view = new MeshView(dependencies);
  const leases = new BudgetLeases({ cost, holder: instance, tools, waitMs: config.budgetWaitMs });
  const metrics = createRouterMetrics(tools.metrics, view, cache);
  const routing: GenerateTools = { config, view, leases, metrics, events: createEvents(bus, tools), tools, cache, execution };
  return {
    implementations: [
      implement(RouterService, {
        generate: generate(routing),
        generateStream: generateStream(routing),
        explain: explain(routing),
        embed: embed(routing),
        listModels: listModels(view),
        generateMany: () => Promise.reject(unimplemented("GenerateMany")),
        // eslint-disable-next-line require-yield -- the contract is a stream, and this refusal is all that comes
        async *generateBatch() {
          throw unimplemented("GenerateBatch");
        },
        submitFeedback: () => Promise.reject(unimplemented("SubmitFeedback")),
      }),
    ],
    ready: () => bus.connected() && view.ready(),
    async close() {
      await leases.close();
      await view.close();
    },
  };
}
