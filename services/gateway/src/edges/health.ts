import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import type { Exchange } from "../http/exchange.ts";
import { respondJson } from "../http/respond.ts";
import type { Route } from "../http/router-table.ts";
import type { NativeServices } from "./native.ts";

/** Milliseconds for a service to show that it is there. */
const PROBE_MS = 1_000;

/** Whether the edge can do its work, and, in detail, which services answer. */
export function healthRoutes(services: NativeServices, ready: () => boolean): Route[] {
  return [
    {
      method: "GET",
      path: "/health",
      errors: "native",
      handle: async ({ response }) => respondJson(response, ready() ? 200 : 503, { status: ready() ? "ok" : "starting" }),
    },
    { method: "GET", path: "/health/detailed", errors: "native", handle: (exchange) => detailed(exchange, services) },
  ];
}

async function detailed({ response, call }: Exchange, services: NativeServices): Promise<void> {
  const options = { ...call, deadline: Date.now() + PROBE_MS };
  const probes = {
    router: () => services.router.listModels({}, options),
    "fallback-manager": () => services.execution.listCircuits({}, options),
    "load-balancer": () => services.balancing.listTargets({}, options),
    "cost-optimizer": () => services.cost.listBudgets({}, options),
    "sla-monitor": () => services.sla.listHealth({}, options),
  };
  const entries = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => {
      const started = performance.now();
      const failed = await probe().then(
        () => undefined,
        (error: unknown) => (ErrorCode[asFairleadError(error).code] ?? "INTERNAL").toLowerCase(),
      );
      const milliseconds = Math.round((performance.now() - started) * 100) / 100;
      return [name, failed === undefined ? { status: "ok", milliseconds } : { status: "down", error: failed, milliseconds }] as const;
    }),
  );
  const ok = entries.every(([, { status }]) => status === "ok");
  respondJson(response, ok ? 200 : 503, { status: ok ? "ok" : "degraded", services: Object.fromEntries(entries) });
}
