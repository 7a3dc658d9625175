import { randomInt } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { startNatsServer } from "@fairlead/testing/nats-server";
import { startRedisServer } from "@fairlead/testing/redis-server";
import { until } from "../support/until.ts";
import { writeResolverFile } from "./cluster-process.ts";
import { startDnsServer } from "./dns-server.ts";
import { Pod, type PodEnd, PORTS } from "./pod.ts";

const NAMESPACE = "fairlead";
const PROBE_MS = 100;
const START_MS = 90_000;

/** Services of the mesh; each has a headless Service, a name that lists the pods that are ready. */
export const COMPONENTS = ["gateway", "router", "fallback-manager", "load-balancer", "cost-optimizer", "sla-monitor", "adapter-openai"] as const;
export type Component = (typeof COMPONENTS)[number];

/** What a small cluster is made with. */
export interface ClusterSettings {
  readonly replicas: Readonly<Partial<Record<Component, number>>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Replicas of the mesh's services, each a process with an address of its own, known to each other by names alone: what
 * Kubernetes does for them, as far as they can see it. Probes decide which addresses a name has, and a pod that was told to
 * end is listed no more.
 */
export class SmallCluster {
  readonly simulatorUrl: string;
  readonly #start: (component: Component) => Pod;
  readonly #list: (component: Component, addresses: readonly string[]) => void;
  readonly #closers: (() => unknown)[];
  readonly #pods = new Map<Component, Pod[]>(COMPONENTS.map((component) => [component, []]));
  readonly #listed = new Map<Component, readonly string[]>();
  readonly #ends: Promise<PodEnd>[] = [];

  private constructor(
    simulatorUrl: string,
    start: (component: Component) => Pod,
    list: (component: Component, addresses: readonly string[]) => void,
    closers: (() => unknown)[],
  ) {
    this.simulatorUrl = simulatorUrl;
    this.#start = start;
    this.#list = list;
    this.#closers = closers;
    const timer = setInterval(() => void this.#probe(), PROBE_MS);
    this.#closers.push(() => clearInterval(timer), () => Promise.all([...this.#pods.values()].flat().map((pod) => end(pod))));
  }

  static async create({ replicas, environment = {} }: ClusterSettings): Promise<SmallCluster> {
    const closers: (() => unknown)[] = [];
    const dir = await mkdtemp(join(tmpdir(), "fairlead-cluster-"));
    closers.push(() => rm(dir, { recursive: true, force: true }));
    await mkdir(join(dir, "logs"));
    const net = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
    const dns = await startDnsServer(`${net}.1`);
    const nats = await startNatsServer();
    const redis = await startRedisServer();
    const simulator = createProviderSimulator();
    await simulator.listen();
    closers.push(() => dns.close(), () => nats.stop(), () => redis.stop(), () => simulator.close());
    const resolverFile = await writeResolverFile(dir, `${net}.1`, NAMESPACE);
    const shared = {
      ...peers(),
      FAIRLEAD_NATS_URL: nats.url,
      FAIRLEAD_REDIS_URL: redis.url,
      FAIRLEAD_LOG_LEVEL: "info",
      NODE_COMPILE_CACHE: join(tmpdir(), "fairlead-compile-cache"),
      ...environment,
    };
    const openai = { OPENAI_API_KEY: "simulated", OPENAI_BASE_URL: simulator.baseUrls["openai"] ?? "", OPENAI_SIMULATED: "true", FAIRLEAD_ADVERTISED_ADDRESS: targetOf("adapter-openai") };
    let count = 0;
    const start = (component: Component) => {
      count += 1;
      const own = component === "adapter-openai" ? openai : {};
      const name = `${component}-${count}`;
      return new Pod({ name, service: component, address: `${net}.${count + 1}`, environment: { ...shared, ...own }, resolverFile, logDir: join(dir, "logs") });
    };
    const cluster = new SmallCluster(new URL(simulator.baseUrls["openai"] ?? "").origin, start, (component, addresses) => dns.list(nameOf(component), addresses), closers);
    try {
      await Promise.all(COMPONENTS.map((component) => cluster.scale(component, replicas[component] ?? 1)));
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** The pods of a component that were not told to end. */
  pods(component: Component): readonly Pod[] {
    return (this.#pods.get(component) ?? []).filter((pod) => pod.end === undefined);
  }

  /** Addresses that the component's name has now. */
  listed(component: Component): readonly string[] {
    return this.#listed.get(component) ?? [];
  }

  /** Ends of all pods that were told to. */
  ends(): Promise<PodEnd[]> {
    return Promise.all(this.#ends);
  }

  /** Brings a component to a number of replicas, and resolves once its name lists exactly them. The newest go first. */
  async scale(component: Component, replicas: number): Promise<void> {
    const missing = replicas - this.pods(component).length;
    for (let added = 0; added < missing; added++) this.#pods.get(component)?.push(this.#start(component));
    for (const pod of this.pods(component).slice(replicas)) this.terminate(pod);
    await until(`${component} lists ${replicas}`, () => this.listed(component).length === replicas, START_MS);
  }

  /** Puts a new pod in the place of each, and tells the old ones to end once the new ones are listed. */
  async restart(component: Component): Promise<void> {
    const old = this.pods(component);
    await this.scale(component, old.length * 2);
    for (const pod of old) this.terminate(pod);
  }

  terminate(pod: Pod): Promise<PodEnd> {
    const ended = pod.terminate();
    this.#ends.push(ended);
    return ended;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
  }

  async #probe(): Promise<void> {
    await Promise.all(
      COMPONENTS.map(async (component) => {
        const ready = await Promise.all(this.pods(component).map(async (pod) => ((await pod.ready()) ? [pod] : [])));
        const addresses = ready.flat().filter((pod) => pod.end === undefined).map(({ address }) => address);
        this.#listed.set(component, addresses);
        this.#list(component, addresses);
      }),
    );
  }
}

function nameOf(component: string): string {
  return `${component}.${NAMESPACE}.svc.cluster.local`;
}

function targetOf(component: Component): string {
  return `dns:///${component}.${NAMESPACE}.svc:${PORTS.grpc}`;
}

function peers(): Record<string, string> {
  return {
    FAIRLEAD_ROUTER: targetOf("router"),
    FAIRLEAD_FALLBACK_MANAGER: targetOf("fallback-manager"),
    FAIRLEAD_LOAD_BALANCER: targetOf("load-balancer"),
    FAIRLEAD_COST_OPTIMIZER: targetOf("cost-optimizer"),
    FAIRLEAD_SLA_MONITOR: targetOf("sla-monitor"),
  };
}

async function end(pod: Pod): Promise<void> {
  const ended = pod.end ?? pod.terminate();
  pod.signal("SIGKILL");
  await ended;
}
