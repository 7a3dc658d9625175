import { freePorts } from "@fairlead/local-mesh/free-port";

/** A container of the mesh: its image, and what it is told beside what its image says. */
export interface Container {
  readonly name: string;
  /** Folder of its service. */
  readonly service: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Address that answers with 200 when it can do its work. */
  readonly readyUrl: string;
  /** Address that its image's health check asks. */
  readonly healthUrl: string;
}

/** The containers of a mesh with two simulated providers, which share this machine and so have ports of their own. */
export interface ContainerPlan {
  readonly containers: readonly Container[];
  readonly natsPort: number;
  readonly redisPort: number;
  readonly httpUrl: string;
}

const CORE = ["router", "fallback-manager", "load-balancer", "cost-optimizer", "sla-monitor"] as const;

/** Draws the ports of a mesh, and says what each of its containers is told. */
export async function planContainers(): Promise<ContainerPlan> {
  const names = ["adapter-openai", "adapter-mistral", ...CORE, "gateway"];
  const [natsPort = 0, redisPort = 0, httpPort = 0, simulatorPort = 0, ...ports] = await freePorts(4 + 3 * names.length);
  const placed = new Map(names.map((name, index) => [name, ports.slice(3 * index, 3 * index + 3) as [number, number, number]]));
  const simulator = `http://127.0.0.1:${simulatorPort}`;
  const shared = {
    FAIRLEAD_NATS_URL: `nats://127.0.0.1:${natsPort}`,
    FAIRLEAD_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    FAIRLEAD_HTTP_PORT: String(httpPort),
    ...Object.fromEntries(CORE.map((name) => [`FAIRLEAD_${name.toUpperCase().replace("-", "_")}`, `dns:///127.0.0.1:${placed.get(name)?.[0]}`])),
  };
  const own: Readonly<Record<string, Record<string, string>>> = {
    "adapter-openai": { OPENAI_API_KEY: "simulated", OPENAI_BASE_URL: `${simulator}/openai/v1`, OPENAI_SIMULATED: "true" },
    "adapter-mistral": {
      FAIRLEAD_OPENAI_COMPATIBLE_PROVIDER: "mistral",
      MISTRAL_API_KEY: "simulated",
      MISTRAL_BASE_URL: `${simulator}/mistral/v1`,
      MISTRAL_SIMULATED: "true",
    },
  };
  const containers = [...placed].map(([name, [grpc, health, admin]]): Container => ({
    name,
    service: name === "adapter-mistral" ? "adapter-openai-compatible" : name,
    environment: {
      ...shared,
      ...own[name],
      FAIRLEAD_GRPC_PORT: String(grpc),
      FAIRLEAD_HEALTH_PORT: String(health),
      FAIRLEAD_ADMIN_PORT: String(admin),
      FAIRLEAD_ADVERTISED_ADDRESS: `127.0.0.1:${grpc}`,
    },
    readyUrl: `http://127.0.0.1:${admin}/readyz`,
    healthUrl: `http://127.0.0.1:${admin}/livez`,
  }));
  const stats = `${simulator}/control/stats`;
  const environment = { FAIRLEAD_SIMULATOR_PORT: String(simulatorPort), FAIRLEAD_SIMULATOR_SPEED: "0" };
  containers.unshift({ name: "provider-simulator", service: "provider-simulator", environment, readyUrl: stats, healthUrl: stats });
  return { containers, natsPort, redisPort, httpUrl: `http://127.0.0.1:${httpPort}` };
}
