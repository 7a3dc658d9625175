import { fileURLToPath } from "node:url";
import { simulatedEnvironment } from "@fairlead/adapter-kit/adapter-program";
import type { ChosenAdapter } from "@fairlead/embedded/choose-adapters";
import type { ProcessPlan } from "./supervisor.ts";

/** Where one service listens. */
export interface ServicePlace {
  /** For example "router" or "router-2". */
  readonly name: string;
  /** Folder of the service. */
  readonly service: string;
  /** Unset: no adapter. */
  readonly adapter?: ChosenAdapter;
  readonly grpcPort: number;
  readonly healthPort: number;
  readonly adminPort: number;
}

/** What all services of a mesh are told. */
export interface MeshSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly httpPort: number;
  readonly cacheDir: string;
  /** Undefined: no provider is simulated. */
  readonly simulator: { readonly port: number; readonly basePaths: Readonly<Record<string, string>> } | undefined;
}

const SERVICES = new URL("../../../services/", import.meta.url);

/** The processes of the services, which know each other by their ports. */
export function planServices(places: readonly ServicePlace[], settings: MeshSettings): ProcessPlan[] {
  const shared = sharedEnvironment(places, settings);
  return places.map((place) => ({
    name: place.name,
    command: process.execPath,
    args: [entryOf(place.service)],
    environment: {
      ...shared,
      ...adapterEnvironment(place, settings),
      FAIRLEAD_GRPC_PORT: String(place.grpcPort),
      FAIRLEAD_HEALTH_PORT: String(place.healthPort),
      FAIRLEAD_ADMIN_PORT: String(place.adminPort),
    },
  }));
}

/** The process of the provider simulator. */
export function planSimulator(settings: MeshSettings): ProcessPlan {
  const name = "provider-simulator";
  return { name, command: process.execPath, args: [entryOf(name)], environment: sharedEnvironment([], settings) };
}

function entryOf(service: string): string {
  return fileURLToPath(new URL(`${service}/src/main.ts`, SERVICES));
}

function sharedEnvironment(places: readonly ServicePlace[], settings: MeshSettings): Record<string, string | undefined> {
  return {
    ...settings.environment,
    NODE_COMPILE_CACHE: settings.cacheDir,
    FAIRLEAD_NATS_URL: settings.natsUrl,
    FAIRLEAD_REDIS_URL: settings.redisUrl,
    FAIRLEAD_HTTP_PORT: String(settings.httpPort),
    FAIRLEAD_ROUTER: targetOf(places, "router"),
    FAIRLEAD_FALLBACK_MANAGER: targetOf(places, "fallback-manager"),
    FAIRLEAD_LOAD_BALANCER: targetOf(places, "load-balancer"),
    FAIRLEAD_COST_OPTIMIZER: targetOf(places, "cost-optimizer"),
    FAIRLEAD_SLA_MONITOR: targetOf(places, "sla-monitor"),
    ...(settings.simulator === undefined ? {} : { FAIRLEAD_SIMULATOR_PORT: String(settings.simulator.port) }),
  };
}

/** What tells an adapter's process which provider it serves, and where the simulator is if it calls that. */
function adapterEnvironment({ adapter }: ServicePlace, { simulator }: MeshSettings): Record<string, string> {
  if (adapter === undefined) return {};
  const { program, simulated } = adapter;
  if (!simulated || simulator === undefined) return { ...program.selectedBy };
  const baseUrl = `http://127.0.0.1:${simulator.port}${simulator.basePaths[program.provider] ?? ""}`;
  return { ...program.selectedBy, ...simulatedEnvironment(program, baseUrl) };
}

/** All replicas of a service, for a client that takes turns. */
function targetOf(places: readonly ServicePlace[], service: string): string {
  const addresses = places.filter((place) => place.service === service).map(({ grpcPort }) => `127.0.0.1:${grpcPort}`);
  return `ipv4:${addresses.join(",")}`;
}
