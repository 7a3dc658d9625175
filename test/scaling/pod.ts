import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ClusterProcess, startClusterProcess } from "./cluster-process.ts";

/** Ports of every pod, as in Kubernetes: each pod has an address of its own. */
export const PORTS = { grpc: 50_051, health: 50_052, admin: 9_464, http: 8_080 } as const;

/** What a pod is made of. */
export interface PodPlan {
  /** Unique, for example "router-2". */
  readonly name: string;
  /** Folder of the service. */
  readonly service: string;
  /** Loopback address of its own. */
  readonly address: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly resolverFile: string;
  readonly logDir: string;
}

/** How a pod ended. */
export interface PodEnd {
  readonly name: string;
  /** 0: of its own accord, with all done. */
  readonly status: number | string;
  /** Milliseconds from SIGTERM. */
  readonly tookMs: number;
}

/** One replica of a service. */
export class Pod {
  readonly name: string;
  readonly address: string;
  /** Set once it was told to end; how it did. */
  end: Promise<PodEnd> | undefined;
  readonly #running: ClusterProcess;

  constructor({ name, service, address, environment, resolverFile, logDir }: PodPlan) {
    this.name = name;
    this.address = address;
    const entry = fileURLToPath(new URL(`../../services/${service}/src/main.ts`, import.meta.url));
    const own = {
      FAIRLEAD_INSTANCE: name,
      FAIRLEAD_GRPC_HOST: address,
      FAIRLEAD_GRPC_PORT: String(PORTS.grpc),
      FAIRLEAD_HEALTH_HOST: address,
      FAIRLEAD_HEALTH_PORT: String(PORTS.health),
      FAIRLEAD_ADMIN_HOST: address,
      FAIRLEAD_ADMIN_PORT: String(PORTS.admin),
      FAIRLEAD_HTTP_HOST: address,
      FAIRLEAD_HTTP_PORT: String(PORTS.http),
    };
    const logFile = join(logDir, `${name}.log`);
    this.#running = startClusterProcess(entry, { resolverFile, environment: { ...environment, ...own }, logFile });
  }

  /** True while its probe of readiness answers. */
  async ready(): Promise<boolean> {
    return (await this.#ask("/readyz"))?.status === 200;
  }

  /** Tells it to end, as the kubelet does. */
  terminate(): Promise<PodEnd> {
    const from = performance.now();
    this.end ??= this.#running.ended.then((status) => ({ name: this.name, status, tookMs: Math.round(performance.now() - from) }));
    this.signal("SIGTERM");
    return this.end;
  }

  signal(name: NodeJS.Signals): void {
    this.#running.process.kill(name);
  }

  /** Calls of a gRPC method that it has answered. */
  served(method: string): Promise<number> {
    return this.#read("rpc_server_call_duration_seconds_count", method);
  }

  /** Calls of a gRPC method that are under way at it. */
  active(method: string): Promise<number> {
    return this.#read("rpc_server_active_calls", method);
  }

  async #read(metric: string, method: string): Promise<number> {
    const text = (await this.#ask("/metrics"))?.text ?? "";
    const lines = text.split("\n").filter((line) => line.startsWith(`${metric}{`) && line.includes(`rpc_method="${method}"`));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  #ask(path: string): Promise<{ readonly status: number; readonly text: string } | undefined> {
    return new Promise((resolve) => {
      const asked = get({ host: this.address, port: PORTS.admin, path, agent: false, timeout: 2_000 }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asked.once("error", () => resolve(undefined));
      asked.once("timeout", () => asked.destroy());
    });
  }
}
