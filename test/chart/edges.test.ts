import { edgesOfCode, linkedServices, linksOf, peerVariables } from "./edges-of-code.ts";
import { denyAll, edgesOfPolicies, egressOf, ingressOf, readRendered, type Rendered } from "./edges-of-policies.ts";

const GRPC = 50_051;
const PORT: Readonly<Record<string, number>> = { nats: 4_222, redis: 6_379 };
/** What is no service of ours: its ends are checked from the side of those that call it. */
const SERVERS = ["nats", "redis", "jaeger", "provider-simulator", "test"];

/** The rendered charts are held to what the chart renders by the checks of the chart. */
const rendered = (environment: string) => readRendered(new URL(`goldens/${environment}.yaml`, import.meta.url));
const componentOf = ({ metadata }: Rendered) => metadata.labels?.["app.kubernetes.io/component"] ?? "";
const deploymentsOf = (objects: readonly Rendered[]) => objects.filter(({ kind }) => kind === "Deployment");
const servicesOf = (objects: readonly Rendered[]) => deploymentsOf(objects).map(componentOf).filter((name) => !SERVERS.includes(name));

describe.each(["dev", "staging", "production"])("the network of the chart for %s", (environment) => {
  const objects = rendered(environment);
  const components = servicesOf(objects);

  it("has every service that says what it connects to, and adapters", async () => {
    expect(components.filter((name) => !name.startsWith("adapter-")).sort()).toEqual((await linkedServices()).sort());
    expect(components.some((name) => name.startsWith("adapter-"))).toBe(true);
  });

  it("denies all that is not let through", () => {
    expect(denyAll(objects).map(({ spec }) => spec.policyTypes)).toEqual([["Ingress", "Egress"]]);
    const selected = objects.filter(({ kind }) => kind === "NetworkPolicy").map(({ spec }) => spec.policyTypes);
    expect(selected).toEqual(selected.map(() => ["Ingress", "Egress"]));
  });

  it("lets through exactly the calls that the services' code makes", async () => {
    const inside = (await edgesOfCode(components)).filter((edge) => !/ -> (nats|redis)$/.test(edge));
    const between = edgesOfPolicies(objects).filter((edge) => !SERVERS.some((server) => edge.includes(`-> ${server}:`) || edge.startsWith(`${server} `)));
    expect(between).toEqual(inside.map((edge) => `${edge}:${GRPC}`));
  });

  it("opens both ends of a call, or none", () => {
    const inside = (edges: readonly string[]) => edges.filter((edge) => edge.split(/ -> |:/).slice(0, 2).every((name) => components.includes(name))).sort();
    const leaving = egressOf(objects).map(({ own, other, port }) => `${own} -> ${other}:${port}`);
    const coming = ingressOf(objects).map(({ own, other, port }) => `${other} -> ${own}:${port}`);
    expect(inside(leaving)).toEqual(inside(coming));
  });

  it.each(["nats", "redis"])("lets only those services reach %s that connect to it", async (server) => {
    const callers = (await edgesOfCode(components)).filter((edge) => edge.endsWith(` -> ${server}`)).map((edge) => edge.split(" ")[0]);
    const builtIn = deploymentsOf(objects).concat(objects.filter(({ kind }) => kind === "StatefulSet")).some((object) => componentOf(object) === server);
    const open = egressOf(objects).filter(({ other }) => other === (builtIn ? server : `namespace ${server}`));
    expect([...new Set(open.map(({ own }) => own))].sort()).toEqual(callers.sort());
    expect(open.map(({ port }) => port)).toContain(PORT[server]);
    if (!builtIn) return;
    const taken = ingressOf(objects).filter(({ own, port }) => own === server && port === PORT[server]);
    expect(taken.map(({ other }) => other).sort()).toEqual(callers);
  });

  it("lets only adapters leave the cluster, and those that call the simulator not even them", () => {
    const leaving = new Set(egressOf(objects).filter(({ other }) => other === "outside").map(({ own }) => own));
    const simulated = new Set(egressOf(objects).filter(({ other }) => other === "provider-simulator").map(({ own }) => own));
    for (const component of components) expect([component, leaving.has(component)]).toEqual([component, component.startsWith("adapter-") && !simulated.has(component)]);
  });

  it("opens the metrics of every service to the monitoring, and the gateway and the router to callers", () => {
    const taken = ingressOf(objects);
    const scraped = taken.filter(({ port, other }) => port === 9_464 && other === "namespace monitoring").map(({ own }) => own);
    expect(components.filter((name) => !scraped.includes(name))).toEqual([]);
    const fromElsewhere = taken.filter(({ other, port }) => port !== 9_464 && !components.includes(other) && !SERVERS.includes(other));
    expect([...new Set(fromElsewhere.map(({ own, port }) => `${own}:${port}`))].filter((place) => !SERVERS.some((server) => place.startsWith(server))).sort()).toEqual(["gateway:8080", "router:50051"]);
  });

  it("gives each service the addresses of its peers, and of no other", async () => {
    for (const deployment of deploymentsOf(objects).filter((object) => components.includes(componentOf(object)))) {
      const component = componentOf(deployment);
      const names: string[] = deployment.spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name);
      const all = ["FAIRLEAD_ROUTER", "FAIRLEAD_FALLBACK_MANAGER", "FAIRLEAD_LOAD_BALANCER", "FAIRLEAD_COST_OPTIMIZER", "FAIRLEAD_SLA_MONITOR"];
      expect([component, names.filter((name) => all.includes(name)).sort()]).toEqual([component, await peerVariables(component)]);
      const { nats = false, redis = false } = await linksOf(component);
      const has = (prefix: string) => names.some((name) => name === `${prefix}_URL` || name === `${prefix}_URL_FILE`);
      expect([component, has("FAIRLEAD_NATS"), has("FAIRLEAD_REDIS")]).toEqual([component, nats, redis]);
    }
  });
});
