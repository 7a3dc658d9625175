import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { CostService } from "@fairlead/contracts/cost/v1/cost_service";
import { ReplayService } from "@fairlead/contracts/replay/v1/replay_service";
import { LearningService } from "@fairlead/contracts/routing/v1/learning_service";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import type { Service, ServiceTools } from "@fairlead/runtime/service";
import type { GatewayConfig } from "./config.ts";
import { anthropicRoutes } from "./edges/anthropic.ts";
import { connectEdge, type OfferedService } from "./edges/connect.ts";
import { healthRoutes } from "./edges/health.ts";
import { type NativeServices, nativeRoutes } from "./edges/native.ts";
import { openAiRoutes } from "./edges/openai.ts";
import { responsesRoutes } from "./edges/responses.ts";
import { serveHttp } from "./http/serve-http.ts";
import { createHttpMetrics } from "./metrics.ts";

/** What the gateway needs. */
export interface GatewayDependencies {
  readonly tools: ServiceTools;
  readonly services: NativeServices;
  /** True when requests can be answered. */
  readonly ready: () => boolean;
  /** Milliseconds that requests under way get to finish. */
  readonly drainMs: number;
}

/** The edge, listening. */
export interface Gateway extends Service {
  readonly httpPort: number;
}

/** Makes the edge: OpenAI's, Anthropic's and the native dialects over HTTP, and the RPCs over Connect and gRPC-Web. */
export async function createGateway(config: GatewayConfig, dependencies: GatewayDependencies): Promise<Gateway> {
  const { tools, services, ready, drainMs } = dependencies;
  const { maxBodyBytes, routingHeaders, keepAliveMs } = config;
  const edge = { router: services.router, maxBodyBytes, routingHeaders, keepAliveMs, tools };
  const offered: OfferedService[] = [
    { service: RouterService, client: services.router },
    { service: LearningService, client: services.learning },
    { service: ReplayService, client: services.replay },
    { service: CostService, client: services.cost },
    { service: SlaService, client: services.sla },
    { service: BalancingService, client: services.balancing },
  ];
  let leaving = false;
  const http = await serveHttp({
    config,
    routes: [
      ...openAiRoutes(edge),
      ...responsesRoutes(edge),
      ...anthropicRoutes(edge),
      ...nativeRoutes(services, maxBodyBytes),
      ...healthRoutes(services, () => !leaving && ready()),
    ],
    otherwise: connectEdge(offered),
    tools,
    metrics: createHttpMetrics(tools.metrics),
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= http.close(drainMs));
  return {
    implementations: [],
    httpPort: http.port,
    ready,
    leaving() {
      leaving = true;
      http.leave();
    },
    drain: () => void close(),
    close,
  };
}
