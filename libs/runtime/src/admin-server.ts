import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

/** Where to listen, and what to tell. */
export interface AdminServerSettings {
  readonly host: string;
  readonly port: number;
  readonly metrics: Registry;
  readonly ready: () => boolean;
}

/** A listening server. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves /metrics for Prometheus, and /livez and /readyz for probes that do not speak gRPC. */
export async function serveAdmin(settings: AdminServerSettings): Promise<AdminServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    const answer = (status: number, body: string, type = "text/plain; charset=utf-8") =>
      response.writeHead(status, { "content-type": type }).end(body);
    if (path === "/livez") return answer(200, "ok\n");
    if (path === "/readyz") return settings.ready() ? answer(200, "ready\n") : answer(503, "not ready\n");
    if (path !== "/metrics") return answer(404, "not found\n");
    settings.metrics.metrics().then(
      (text) => answer(200, text, settings.metrics.contentType),
      () => answer(500, "metrics failed\n"),
    );
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(settings.port, settings.host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
