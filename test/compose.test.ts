import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { imageServices } from "@fairlead/docker-image/bake-file";
import { createProviderSimulator } from "@fairlead/provider-simulator";
import { readConfig } from "@fairlead/runtime/config";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { COMPOSE_FOLDER, type ComposeService, namesOf, networksOf, readCompose } from "./compose/compose-file.ts";
import { lastOf, readDockerfile, variablesOf } from "./image/dockerfile.ts";
import { definitionsOf, simulatorReads, variableOfPeer, variablesOfDefinitions } from "./support/service-definitions.ts";

const WORKSPACE = resolve(COMPOSE_FOLDER, "..");
/** Read by Node, by the image's health check and by OpenTelemetry's SDK. */
const OF_THE_PLATFORM = new Set(["NODE_OPTIONS", "HEALTH_URL", "OTEL_RESOURCE_ATTRIBUTES"]);

const file = readCompose();
const containers = Object.entries(file.services);
const ours = containers.flatMap(([name, container]) => (container.build === undefined ? [] : [{ name, container, service: container.build.args.SERVICE, environment: container.environment ?? {} }]));
const meshed = ours.filter(({ service }) => service !== "provider-simulator");
const image = variablesOf(readDockerfile(), "service");
const readYaml = (path: string) => parse(readFileSync(join(WORKSPACE, path), "utf8"));

describe("the compose file", () => {
  const schema = JSON.parse(readFileSync(new URL("compose/compose-spec.json", import.meta.url), "utf8")) as object;
  const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

  it("keeps to the compose specification, which refuses a misspelled key", () => {
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { router: { image: "a", depend_on: ["nats"] } } })).toBe(false);
  });

  it("has every image of the mesh, built by the one Dockerfile", () => {
    expect([...new Set(ours.map(({ service }) => service))].sort()).toEqual(imageServices(WORKSPACE));
    for (const { container, service } of ours) {
      expect(existsSync(resolve(COMPOSE_FOLDER, container.build?.context ?? "", container.build?.dockerfile ?? ""))).toBe(true);
      expect(container.image).toBe(`fairlead-${service}:\${FAIRLEAD_VERSION:-dev}`);
    }
  });

  it.each(meshed)("tells $name nothing that it does not read, and nothing that it refuses", async ({ service, environment }) => {
    const known = await definitionsOf(service, environment);
    const variables = variablesOfDefinitions(known);
    expect(Object.keys(environment).filter((variable) => !variables.has(variable) && !OF_THE_PLATFORM.has(variable))).toEqual([]);
    const values = Object.fromEntries(Object.entries({ ...image, ...environment }).map(([variable, value]) => [variable, interpolate(value)]));
    for (const definition of known.definitions) expect(() => readConfig(definition, values)).not.toThrow();
  });

  it.each(meshed)("connects $name to what its links name, and to nothing else", async ({ service, environment, container }) => {
    const { links } = await definitionsOf(service, environment);
    const told = Object.keys(environment);
    const peers = (links.peers ?? []).map(variableOfPeer);
    const every = (["router", "fallbackManager", "loadBalancer", "costOptimizer", "slaMonitor"] as const).map(variableOfPeer);
    expect(told.filter((variable) => every.includes(variable)).sort()).toEqual([...peers].sort());
    expect({ nats: told.includes("FAIRLEAD_NATS_URL"), redis: told.includes("FAIRLEAD_REDIS_URL") }).toEqual({ nats: links.nats === true, redis: links.redis === true });
    const after = container.depends_on ?? {};
    for (const server of ["nats", "redis"] as const) expect(after[server]?.condition).toBe(links[server] === true ? "service_healthy" : undefined);
  });

  it.each(meshed)("names for $name only places that it reaches", ({ container, environment, name }) => {
    for (const [variable, value] of Object.entries(environment)) {
      const [, scheme = "", host = "", port = ""] = /^(dns:\/\/|\w+:\/)\/([a-z][a-z-]*):(\d+)(?:\/|$)/.exec(value) ?? [];
      if (scheme === "" || value.includes("${")) continue;
      const reached = containers.filter(([other, { build, image: server, networks }]) =>
        networksOf(container).some((network) => networksOf({ networks } as ComposeService).includes(network) && namesOf(other, { networks } as ComposeService, network).includes(host)) && (build ?? server) !== undefined,
      );
      expect({ name, variable, reached: reached.length > 0 }).toEqual({ name, variable, reached: true });
      if (scheme === "dns://") expect(port).toBe(image["FAIRLEAD_GRPC_PORT"]);
    }
  });

  it("sends simulated adapters to the paths that the simulator has, by variables that it reads", () => {
    const { basePaths } = createProviderSimulator();
    const simulated = ours.filter(({ name }) => name.startsWith("simulated-"));
    expect(simulated.length).toBeGreaterThan(0);
    for (const { name, environment } of simulated) {
      const baseUrl = Object.entries(environment).find(([variable]) => variable.endsWith("_BASE_URL"))?.[1];
      expect(baseUrl).toBe(`http://provider-simulator:${image["FAIRLEAD_SIMULATOR_PORT"]}${basePaths[name.replace("simulated-", "")]}`);
    }
    for (const variable of Object.keys(image).filter((one) => one.startsWith("FAIRLEAD_SIMULATOR_"))) expect({ variable, read: simulatorReads(variable) }).toEqual({ variable, read: true });
  });

  it("publishes ports of its images, on this machine alone", () => {
    const exposed = lastOf(readDockerfile(), "service", "EXPOSE").split(" ");
    for (const { container } of ours) for (const published of container.ports ?? []) expect(exposed).toContain(published.split(":").at(-1));
    for (const [, { ports = [] }] of containers) for (const published of ports) expect(published).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it("holds no key", () => {
    for (const { name, environment } of ours) {
      const keys = Object.entries(environment).filter(([variable]) => /(_KEY|_TOKEN|_SECRET|PASSWORD)$/.test(variable));
      expect(keys.every(([, value]) => name.startsWith("simulated-") && value === "simulated")).toBe(true);
    }
    for (const { name, container, environment } of ours.filter(({ container: { secrets } }) => secrets !== undefined)) {
      const files = Object.entries(environment).filter(([variable]) => variable.endsWith("_KEY_FILE")).map(([, value]) => value);
      expect({ name, files }).toEqual({ name, files: container.secrets?.map((secret) => `/run/secrets/${secret}`) });
      for (const secret of container.secrets ?? []) expect(Object.keys(file.secrets)).toContain(secret);
    }
  });

  it.each(containers.map(([name, container]) => ({ name, container })))("locks $name up", ({ container }) => {
    expect(container).toMatchObject({ restart: "unless-stopped", read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    expect(container.deploy?.resources.limits).toEqual({ cpus: expect.stringMatching(/^\d/), memory: expect.stringMatching(/^\d+M$/) });
  });

  it.each(ours)("gives $name a heap of 80 % of its memory, and more time to end than it drains", ({ container, environment }) => {
    const memory = Number.parseInt(container.deploy?.resources.limits.memory ?? "", 10);
    expect(environment["NODE_OPTIONS"]).toBe(`--max-old-space-size=${Math.floor(memory * 0.8)}`);
    expect(Number.parseInt(container.stop_grace_period ?? "", 10) * 1_000).toBeGreaterThan(Number(environment["FAIRLEAD_DRAIN_MS"] ?? 0));
  });

  it("lets only what calls the world onto a network that reaches it", () => {
    expect(file.networks["mesh"]).toEqual({ internal: true });
    for (const { name, container, service } of ours) {
      const own = networksOf(container).filter((network) => network !== "mesh");
      const wanted = name.startsWith("adapter-") ? ["providers"] : ({ gateway: ["http"], router: ["grpc"], "sla-monitor": ["webhooks"] }[service] ?? []);
      expect({ name, own }).toEqual({ name, own: wanted });
    }
  });

  it("runs the servers that the chart's development values run", () => {
    const values = readYaml("helm/fairlead/values.yaml");
    const imageOf = ({ repository, tag }: { repository: string; tag: string }) => `${repository}:${tag}`;
    const wanted = { nats: imageOf(values.nats.builtIn.image), redis: imageOf(values.redis.builtIn.image), jaeger: imageOf(values.jaeger.image) };
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, file.services[name]?.image]))).toEqual(wanted);
    expect(file.services["redis"]?.command?.join(" ")).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
    expect(file.services["nats"]?.command).toContain("--jetstream");
  });

  describe("what looks at the mesh", () => {
    const mounts = (name: string) => new Map((file.services[name]?.volumes ?? []).filter((one) => one.startsWith(".")).map((one) => [one.split(":")[1] ?? "", one.split(":")[0] ?? ""]));

    it("is given files that are there", () => {
      for (const [name] of containers) for (const source of mounts(name).values()) expect({ source, there: existsSync(resolve(COMPOSE_FOLDER, source)) }).toEqual({ source, there: true });
    });

    it("has the chart's alerts and all of its dashboards", () => {
      const { rule_files: rules } = readYaml("deploy/observability/prometheus.yaml");
      expect(rules.map((path: string) => mounts("prometheus").get(path))).toEqual(["../helm/fairlead/files/prometheus/alerts.yaml"]);
      const { providers } = readYaml("deploy/observability/grafana/provisioning/dashboards/fairlead.yaml");
      expect(providers.map(({ options }: { options: { path: string } }) => mounts("grafana").get(options.path))).toEqual(["../helm/fairlead/files/dashboards"]);
      expect(mounts("grafana").get("/etc/grafana/provisioning")).toBe("./observability/grafana/provisioning");
    });

    it("scrapes every service and adapter by a name that has one address for each process", () => {
      const [scrape] = readYaml("deploy/observability/prometheus.yaml").scrape_configs;
      const [{ names, port }] = scrape.dns_sd_configs;
      const wanted = meshed.map(({ name, container }) => namesOf(name, container, "mesh").at(-1));
      expect([...names].sort()).toEqual([...new Set(wanted)].sort());
      expect(String(port)).toBe(image["FAIRLEAD_ADMIN_PORT"]);
      const prometheus = networksOf(file.services["prometheus"] as ComposeService);
      for (const { container } of meshed) expect(networksOf(container).filter((network) => prometheus.includes(network))).toEqual(["mesh"]);
    });

    it("reads from servers that Grafana reaches", () => {
      const { datasources } = readYaml("deploy/observability/grafana/provisioning/datasources/fairlead.yaml");
      const grafana = networksOf(file.services["grafana"] as ComposeService);
      for (const { url } of datasources as { url: string }[]) {
        const { hostname, port } = new URL(url);
        const server = file.services[hostname] as ComposeService;
        expect(server.ports).toContain(`127.0.0.1:${port}:${port}`);
        expect(networksOf(server).some((network) => grafana.includes(network))).toBe(true);
      }
    });
  });
});

/** A value where no variable is set outside. */
function interpolate(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
}
