import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chooseAdapters, type ChosenAdapter, type ProviderLeftOut } from "@fairlead/embedded/choose-adapters";
import { embeddedConfig } from "@fairlead/embedded/config";
import { findAdapters } from "@fairlead/embedded/find-adapters";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import { findServer } from "./find-server.ts";
import { freePorts } from "./free-port.ts";
import { planSimulator, type ServicePlace, planServices } from "./plan-services.ts";
import { natsProcess, redisProcess } from "./plan-servers.ts";
import { type ProcessEvent, type ProcessPlan, Supervised } from "./supervisor.ts";
import { untilReady } from "./until-ready.ts";

/** How a mesh of processes is made. */
export interface LocalMeshOptions {
  /** Variables for all services; the process's own where not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of state and logs. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly httpPort: number;
  /** Of the first router; 0 takes a free one. */
  readonly grpcPort: number;
  /** Replicas by part, for example router or adapter-openai; one where not named. */
  readonly replicas?: Readonly<Record<string, number>>;
  readonly tell?: (event: ProcessEvent) => void;
  readonly say?: (line: string) => void;
}

/** A part of a running mesh. */
export interface MeshPart {
  readonly name: string;
  readonly grpcAddress: string;
  /** Where its health service listens by itself, always without TLS. */
  readonly healthAddress: string;
  readonly adminUrl: string;
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it can do its work. */
  ready(): Promise<void>;
}

/** A running mesh. */
export interface LocalMesh {
  readonly httpUrl: string;
  /** Of the first router. */
  readonly grpcAddress: string;
  readonly natsUrl: string;
  readonly redisUrl: string;
  /** Undefined: no provider is simulated. */
  readonly simulatorUrl: string | undefined;
  readonly providers: readonly { readonly provider: string; readonly simulated: boolean }[];
  /** Providers that were not started because they have no key. */
  readonly leftOut: readonly ProviderLeftOut[];
  readonly parts: readonly MeshPart[];
  /** @throws Error where there is no such part */
  part(name: string): MeshPart;
  /** NATS and Redis as processes, so that they can be stopped and let go on. */
  readonly servers: Readonly<Record<"nats" | "redis", Pick<MeshPart, "pid" | "kill">>>;
  close(): Promise<void>;
}

const CORE = ["router", "fallback-manager", "load-balancer", "cost-optimizer", "sla-monitor"] as const;
const READY_MS = 60_000;

/**
 * Starts NATS, Redis, the simulator where no provider has a key, and every service as a process of its own, and waits
 * until all can do their work.
 *
 * @throws ConfigError that names a wrong key
 */
export async function startLocalMesh(options: LocalMeshOptions): Promise<LocalMesh> {
  const environment = options.environment ?? process.env;
  const say = options.say ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  const logDir = join(dataDir, "logs");
  mkdirSync(logDir, { recursive: true });
  const nats = findServer("nats-server", "nats-server", say);
  const redis = findServer("redis-server", "redis-server", say);
  const { basePaths } = createProviderSimulator();
  const { providers: wanted } = readConfig(embeddedConfig, environment);
  const choice = chooseAdapters(await findAdapters(environment), environment, { wanted, simulators: new Set(Object.keys(basePaths)) });
  const adapters = choice.chosen;
  const running: Supervised[] = [];
  const start = (plan: ProcessPlan) => {
    const process = new Supervised(plan, logDir, options.tell ?? (() => undefined));
    running.push(process);
    return process;
  };
  const close = async () => {
    // Callers before those they call, and the stores last.
    for (const group of [running.filter(isEdge), running.filter((one) => !isEdge(one) && !isServer(one)), running.filter(isServer)]) {
      await Promise.all(group.map((one) => one.stop()));
    }
  };
  try {
    const names = nameServices([...adapters.map(partOfAdapter), ...[...CORE, "gateway"].map((service) => ({ name: service, service }))], options);
    // All at once, so that no port is given twice.
    const [natsPort = 0, redisPort = 0, simulatorPort = 0, freeHttp = 0, ...ports] = await freePorts(4 + names.length * 3);
    const simulator = adapters.some(({ simulated }) => simulated) ? { port: simulatorPort, basePaths } : undefined;
    const httpPort = options.httpPort === 0 ? freeHttp : options.httpPort;
    const places = placeServices(names, ports, options);
    const urls = { natsUrl: `nats://127.0.0.1:${natsPort}`, redisUrl: `redis://127.0.0.1:${redisPort}` };
    const servers = { nats: start(natsProcess(nats, natsPort, dataDir)), redis: start(redisProcess(redis, redisPort, dataDir)) };
    const settings = { environment, ...urls, httpPort, cacheDir: join(dataDir, "compile-cache"), simulator };
    const plans = planServices(places, settings);
    if (simulator !== undefined) start(planSimulator(settings));
    const parts = places.map((place, index) => partOf(place, start(plans[index] as ProcessPlan)));
    await Promise.all(parts.map((part) => part.ready()));
    return {
      httpUrl: `http://127.0.0.1:${httpPort}`,
      grpcAddress: parts.find(({ name }) => name === "router")?.grpcAddress ?? "",
      ...urls,
      simulatorUrl: simulator === undefined ? undefined : `http://127.0.0.1:${simulator.port}`,
      providers: adapters.map(({ program, simulated }) => ({ provider: program.provider, simulated })),
      leftOut: choice.leftOut,
      parts,
      servers: { nats: handleOf(servers.nats), redis: handleOf(servers.redis) },
      part(name) {
        const found = parts.find((part) => part.name === name);
        if (found === undefined) throw new Error(`there is no ${name}`);
        return found;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type NamedService = Pick<ServicePlace, "name" | "service" | "adapter">;

function partOfAdapter(adapter: ChosenAdapter): NamedService {
  return { name: `adapter-${adapter.program.provider}`, service: adapter.service, adapter };
}

function nameServices(services: readonly NamedService[], { replicas = {} }: LocalMeshOptions): NamedService[] {
  return services.flatMap((one) =>
    Array.from({ length: replicas[one.name] ?? 1 }, (_, index) => ({ ...one, name: index === 0 ? one.name : `${one.name}-${index + 1}` })),
  );
}

function placeServices(named: readonly NamedService[], ports: readonly number[], { grpcPort }: LocalMeshOptions): ServicePlace[] {
  return named.map((place, index) => ({
    ...place,
    grpcPort: place.name === "router" && grpcPort !== 0 ? grpcPort : (ports[index * 3] ?? 0),
    healthPort: ports[index * 3 + 1] ?? 0,
    adminPort: ports[index * 3 + 2] ?? 0,
  }));
}

function partOf({ name, grpcPort, healthPort, adminPort }: ServicePlace, process: Supervised): MeshPart {
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  return {
    name,
    grpcAddress: `127.0.0.1:${grpcPort}`,
    healthAddress: `127.0.0.1:${healthPort}`,
    adminUrl,
    ...handleOf(process),
    ready: () => untilReady(`${adminUrl}/readyz`, name, READY_MS),
  };
}

function handleOf(process: Supervised): Pick<MeshPart, "pid" | "kill"> {
  return { pid: () => process.pid, kill: (signal) => process.kill(signal) };
}

const isEdge = ({ plan }: Supervised) => plan.name.startsWith("gateway");
const isServer = ({ plan }: Supervised) => plan.name === "nats" || plan.name === "redis";
