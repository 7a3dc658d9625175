import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { bind } from "./grpc-server.ts";

/** Name under which the health service tells whether the process lives; the empty one tells whether it is ready. */
export const LIVENESS = "fairlead.liveness";

/** A listening server. */
export interface HealthServer {
  readonly port: number;
  /** Says whether the process can do its work. */
  setServing(serving: boolean): void;
  close(): void;
}

/**
 * Serves nothing but the standard health service, without TLS, for probes that have no certificate.
 *
 * A process lives as long as it answers: an event loop that is stuck answers nothing, and a fault that nobody caught ends
 * the process. So liveness is never taken back, whatever becomes of stores and providers, which a restart would not mend.
 *
 * @param place port 0 takes a free one
 */
export async function serveHealth(place: { readonly host: string; readonly port: number }): Promise<HealthServer> {
  const server = new Server();
  const health = new HealthImplementation({ "": "NOT_SERVING", [LIVENESS]: "SERVING" });
  health.addToServer(server);
  const port = await bind(server, `${place.host}:${place.port}`, ServerCredentials.createInsecure());
  return {
    port,
    setServing: (serving) => health.setStatus("", serving ? "SERVING" : "NOT_SERVING"),
    close: () => server.forceShutdown(),
  };
}
