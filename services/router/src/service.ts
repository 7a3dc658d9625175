import type { Bus } from "@fairlead/bus/bus";
import type { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import type { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import type { ExecutionService } from "@fairlead/contracts/execution/v1/execution_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { type Client, implement } from "@fairlead/rpc/call";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { ResponseCache } from "@fairlead/state/response-cache";
import type { RecordStore } from "@fairlead/state/record-store";
import { BatchThrottle } from "./batch-throttle.ts";
import { BudgetLeases } from "./budget-leases.ts";
import type { RouterConfig } from "./config.ts";
import { countAnswers } from "./count-requests.ts";
import { createEvents } from "./events.ts";
import { countTokens } from "./handlers/count-tokens.ts";
import { embed } from "./handlers/embed.ts";
import { explain } from "./handlers/explain.ts";
import { generate, type GenerateTools } from "./handlers/generate.ts";
import { generateStream } from "./handlers/generate-stream.ts";
import { listLearned } from "./handlers/list-learned.ts";
import { listModels } from "./handlers/list-models.ts";
import { resetLearned } from "./handlers/reset-learned.ts";
import { submitFeedback } from "./handlers/submit-feedback.ts";
import { Learning } from "./learning.ts";
import { LocalLoad } from "./local-load.ts";
import { MeshView } from "./mesh-view.ts";
import { createRouterMetrics } from "./metrics.ts";
import { openRuledRoutes } from "./ruled-routes.ts";
import { unimplemented } from "./route-request.ts";

/** What the router needs. */
export interface RouterDependencies {
  readonly tools: ServiceTools;
  readonly bus: Bus;
  readonly cache: ResponseCache;
  readonly records: RecordStore;
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
  const routes = openRuledRoutes(config, tools, metrics);
  const load = new LocalLoad();
  const learning = new Learning({ bus, records: dependencies.records, tools, saveMs: config.learnedSaveMs });
  const events = createEvents(bus, tools);
  const throttle = new BatchThrottle(config.emergencyBatchPerMinute);
  const degrade = { cache, staleSeconds: config.staleSeconds };
  const routing: GenerateTools = { config, routes, view, load, learning, leases, throttle, metrics, events, tools, cache, execution, degrade };
  return {
    implementations: [
      implement(RouterService, {
        generate: countAnswers(metrics, "chat", generate(routing)),
        generateStream: generateStream(routing),
        explain: explain(routing),
        embed: countAnswers(metrics, "embedding", embed(routing)),
        countTokens: countTokens(routing),
        listModels: listModels(view),
        generateMany: () => Promise.reject(unimplemented("GenerateMany")),
        // eslint-disable-next-line require-yield -- the contract is a stream, and this refusal is all that comes
        async *generateBatch() {
          throw unimplemented("GenerateBatch");
        },
        submitFeedback: submitFeedback(learning, events),
      }),
      implement(LearningService, { listLearned: listLearned(learning), resetLearned: resetLearned(learning) }),
    ],
    ready: () => view.ready(),
    async close() {
      load.close();
      await Promise.all([leases.close(), learning.close(), routes.close()]);
      await view.close();
    },
  };
}
