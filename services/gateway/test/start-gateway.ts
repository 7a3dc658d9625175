import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { Handlers } from "@fairlead/rpc/call";
import { localClient } from "@fairlead/rpc/local-client";
import { readConfig } from "@fairlead/runtime/config";
import { createLogger, createMetrics, createTools } from "@fairlead/runtime/service-tools";
import { gatewayConfig } from "../src/config.ts";
import type { NativeServices } from "../src/edges/native.ts";
import { createGateway } from "../src/service.ts";

/** A gateway in front of a router of the test's own making. */
export async function startGateway(handlers: Partial<Handlers<typeof RouterService>>, environment: Record<string, string> = {}) {
  const router = localClient(RouterService, handlers as Handlers<typeof RouterService>);
  const config = readConfig(gatewayConfig, { FAIRLEAD_HTTP_PORT: "0", ...environment });
  const tools = createTools("gateway", createLogger("silent"), createMetrics());
  const gateway = await createGateway(config, { tools, services: { router } as unknown as NativeServices, ready: () => true, drainMs: 1_000 });
  const url = `http://127.0.0.1:${gateway.httpPort}`;
  return {
    url,
    leave: () => gateway.leaving?.(),
    close: () => gateway.close(),
    get: (path: string, init: RequestInit = {}) => fetch(url + path, init),
    /** @param body as it is where it is text or bytes, else as JSON */
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(url + path, {
        method: "POST",
        body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
  };
}
