import { type ConfigDefinition, readConfig } from "@fairlead/runtime/config";
import { natsConfig } from "@fairlead/runtime/nats-config";
import { peersConfig } from "@fairlead/runtime/peers-config";
import { processConfig } from "@fairlead/runtime/process-config";
import { redisConfig } from "@fairlead/runtime/redis-config";
import { tlsConfig } from "@fairlead/runtime/tls-config";
import { parse } from "yaml";
import { selectAdapter } from "../../services/adapter-openai-compatible/src/select-adapter.ts";
import { compatibleConfig } from "../../services/adapter-openai-compatible/src/config.ts";
import { rulesFileSchema } from "../../services/router/src/routing-rules-config.ts";
import { linksOf } from "./edges-of-code.ts";
import { readRendered } from "./edges-of-policies.ts";
import { processesOf, type RenderedProcess } from "./rendered-process.ts";

/** Variables that name the file of the configuration, that Node and OpenTelemetry read, and those from which others are put together. */
const OTHERS = ["FAIRLEAD_CONFIG", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "POD_NAMESPACE", "NODE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"];

type AnyDefinition = ConfigDefinition<any>;

describe.each(["dev", "staging", "production"])("what the chart for %s tells processes", (name) => {
  const objects = readRendered(new URL(`goldens/${name}.yaml`, import.meta.url));
  const processes = processesOf(objects);

  it("is there for every service", () => {
    expect(processes.map(({ component }) => component)).toEqual(expect.arrayContaining(["gateway", "router", "sla-monitor", "adapter-openai"]));
  });

  it("holds no variable that the process does not read", async () => {
    for (const process of processes) {
      const read = new Set([...(await definitionsOf(process)).flatMap(variablesOf), ...OTHERS]);
      expect([process.component, Object.keys(process.environment).filter((variable) => !read.has(variable))]).toEqual([process.component, []]);
    }
  });

  it("is a configuration that the process takes", async () => {
    for (const process of processes) {
      for (const definition of await definitionsOf(process)) readConfig(definition, process.environment);
    }
  });

  it("gives routers rules that they take", () => {
    const rules = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "fairlead-routing-rules");
    const read = rulesFileSchema.safeParse(parse((rules as unknown as { data: Record<string, string> }).data["rules.yaml"] ?? ""));
    expect([read.error, read.data?.rules.length]).toEqual([undefined, name === "dev" ? 1 : 0]);
  });

  it("gives each process its own replica's name and open addresses", () => {
    for (const { environment } of processes) {
      expect(readConfig(processConfig, environment)).toMatchObject({ grpcHost: "0.0.0.0", grpcPort: 50_051, healthPort: 50_052, adminPort: 9_464, instance: "name-of-something" });
    }
  });

  it("says to adapters that they are simulated only where nothing real is called", () => {
    const simulated = processes.filter(({ environment }) => Object.keys(environment).some((variable) => variable.endsWith("_SIMULATED")));
    for (const { environment } of simulated) {
      expect(Object.entries(environment).find(([variable]) => variable.endsWith("_BASE_URL"))?.[1]).toMatch(/^http:\/\/fairlead-provider-simulator\./);
    }
    expect(simulated.length > 0).toBe(name !== "production");
  });
});

/** Everything that a process reads of its configuration. */
async function definitionsOf({ component, service, environment }: RenderedProcess): Promise<AnyDefinition[]> {
  const { peers = [], nats = false, redis = false } = await linksOf(component);
  const shared = [processConfig, tlsConfig, peersConfig(peers), ...(nats ? [natsConfig] : []), ...(redis ? [redisConfig] : [])];
  if (service === "adapter-openai-compatible") return [...shared, compatibleConfig, selectAdapter(environment).config];
  const module = (await import(`../../services/${service}/src/config.ts`)) as Record<string, unknown>;
  const own = Object.values(module).filter((one): one is AnyDefinition => typeof one === "object" && one !== null && "section" in one);
  return [...shared, ...own];
}

function variablesOf({ environment, secrets = [] }: AnyDefinition): string[] {
  const files = Object.entries(environment).filter(([, key]) => secrets.includes(key as never));
  return [...Object.keys(environment), ...files.map(([variable]) => `${variable}_FILE`)];
}
