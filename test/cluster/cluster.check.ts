import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { installSchemas } from "../../scripts/tools/install-schemas.ts";
import { installTools } from "../../scripts/tools/install-tools.ts";
import { until } from "../support/until.ts";
import { CHART, type Helm, helmWith } from "./control-plane/helm.ts";
import type { KubernetesObject } from "./control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "./control-plane/start-control-plane.ts";
import { ENVIRONMENTS } from "./environments.ts";
import { inventory } from "./inventory.ts";
import { watchAvailability } from "./watch-availability.ts";

interface Workload extends KubernetesObject {
  readonly spec: { readonly replicas: number; readonly strategy?: { readonly type: string } };
  readonly status: { readonly replicas?: number; readonly readyReplicas?: number };
}

interface Scaler extends KubernetesObject {
  readonly spec: { readonly minReplicas: number; readonly scaleTargetRef: { readonly name: string } };
}

interface Budget extends KubernetesObject {
  readonly status: { readonly disruptionsAllowed: number };
}

interface Event extends KubernetesObject {
  readonly reason: string;
  readonly message: string;
}

const MINUTE = 60_000;
const RELEASE = "fairlead";
const RESTRICTED = Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]));

const tools = installTools(["helm", "kubectl"]);
const packages = mkdtempSync(join(tmpdir(), "fairlead-packages-"));
let plane: ControlPlane;
/** The chart as another version, for upgrades: whatever may not change in an object must not depend on the version. */
let previous: string;

beforeAll(async () => {
  plane = await startControlPlane();
  await plane.kubectl.run(["apply", "--server-side", "--filename", installSchemas().definitions]);
  await plane.kubectl.run(["wait", "customresourcedefinitions", "--all", "--for=condition=Established", "--timeout=60s"]);
  const version = "0.0.1";
  await helmWith(tools.helm, plane.kubeconfig, "default").run(["package", CHART, "--version", version, "--app-version", version, "--destination", packages]);
  previous = join(packages, `fairlead-${version}.tgz`);
}, 10 * MINUTE);

afterAll(async () => {
  await plane?.close();
  rmSync(packages, { recursive: true });
}, MINUTE);

test("a namespace with Pod Security restricted refuses what is privileged", async () => {
  await makeNamespace("refusing");
  const container = { name: "root", image: "root:1", securityContext: { privileged: true } };
  const refused = plane.kubectl.apply([{ apiVersion: "v1", kind: "Pod", metadata: { name: "root", namespace: "refusing" }, spec: { containers: [container] } }]);
  await expect(refused).rejects.toThrow(/violates PodSecurity "restricted:latest": privileged/);
});

test("the API server takes the objects of options that no environment uses, with every field", async () => {
  await makeNamespace("options");
  const kinds = await dryRun("options", join(import.meta.dirname, "options.yaml"));
  expect(kinds).toEqual(expect.arrayContaining(["ScaledObject", "ExternalSecret", "HTTPRoute", "GRPCRoute"]));
});

describe.each(ENVIRONMENTS)("$name", ({ name, secrets }) => {
  const namespace = `fairlead-${name}`;
  const values = join(CHART, `values-${name}.yaml`);
  let helm: Helm;
  let before: string[];
  const deployments = () => plane.kubectl.list<Workload>("deployments", ["--namespace", namespace]);
  /** Helm does not wait until the pods of before are gone, nor for those that an autoscaler asks for. */
  const settled = () => until("every workload has its pods and no other", async () => {
    const workloads = await plane.kubectl.list<Workload>("deployments,statefulsets", ["--namespace", namespace]);
    return workloads.length > 0 && workloads.every(({ spec, status }) => status.replicas === spec.replicas && status.readyReplicas === spec.replicas);
  }, MINUTE);
  const manifest = (revision: number) => helm.run(["get", "manifest", RELEASE, "--revision", String(revision)]);

  beforeAll(async () => {
    helm = helmWith(tools.helm, plane.kubeconfig, namespace);
    await makeNamespace(namespace);
    const objects = Object.entries(secrets).map(([secret, stringData]) => ({ apiVersion: "v1", kind: "Secret", metadata: { name: secret, namespace }, stringData }));
    if (objects.length > 0) await plane.kubectl.apply(objects);
    await until("the namespace has what every namespace has", async () => (await plane.kubectl.list("serviceaccounts,configmaps", ["--namespace", namespace])).length === 2);
    before = await inventory(plane.kubectl, namespace);
  }, MINUTE);

  test("the API server takes every object with every field", async () => {
    expect(await dryRun(namespace, values)).toEqual(expect.arrayContaining(["Deployment", "NetworkPolicy"]));
  }, MINUTE);

  test("is installed, and warns of nothing", async () => {
    expect(await helm.change(["install", RELEASE, previous, "--values", values, "--set", "commonLabels.owner=somebody"])).toEqual([]);
  }, 5 * MINUTE);

  test("has every pod that it asks for, each admitted under restricted", async () => {
    await settled();
    const events = await plane.kubectl.list<Event>("events", ["--namespace", namespace]);
    expect(events.filter(({ reason }) => reason === "FailedCreate").map(({ message }) => message)).toEqual([]);
  }, 2 * MINUTE);

  test("scalers bring their Deployments to the least number, and nothing else sets it", async () => {
    for (const { spec } of await plane.kubectl.list<Scaler>("horizontalpodautoscalers", ["--namespace", namespace])) {
      const target = spec.scaleTargetRef.name;
      await until(`${target} has ${spec.minReplicas} pods`, async () => {
        const found = (await deployments()).find(({ metadata }) => metadata.name === target);
        return found?.status.readyReplicas === spec.minReplicas;
      }, MINUTE);
    }
  }, MINUTE);

  test("budgets let a node be emptied of pods one after the other", async () => {
    await until("every budget allows one disruption", async () => {
      const budgets = await plane.kubectl.list<Budget>("poddisruptionbudgets", ["--namespace", namespace]);
      return budgets.every(({ status }) => status.disruptionsAllowed === 1);
    }, MINUTE);
  }, MINUTE);

  test("has a test whose pod is admitted", async () => {
    const hooks = await helm.run(["get", "hooks", RELEASE]);
    await plane.kubectl.run(["apply", "--server-side", "--validate=strict", "--filename=-"], hooks);
    await plane.kubectl.run(["wait", "pods", "--selector=app.kubernetes.io/component=test", "--for=condition=Ready", "--timeout=60s", "--namespace", namespace]);
    await plane.kubectl.run(["delete", "--filename=-"], hooks);
  }, MINUTE);

  test("is upgraded to another version without a pod less, and keeps what was set", async () => {
    const wanted = replicasOf(await deployments());
    // What keeps its state in memory is recreated: Jaeger, in development.
    const kept = replicasOf((await deployments()).filter(({ spec }) => spec.strategy?.type !== "Recreate"));
    const watch = watchAvailability(tools.kubectl, plane.kubeconfig, namespace, kept);
    const upgrade = helm.change(["upgrade", RELEASE, CHART, "--reset-then-reuse-values", "--set", "defaults.podAnnotations.turn=second"]);
    const [warnings, short] = await Promise.all([upgrade, upgrade.catch(() => undefined).then(() => watch.close())]);
    expect(short).toEqual([]);
    expect(warnings).toEqual([]);
    await settled();
    expect(replicasOf(await deployments())).toEqual(wanted);
    for (const { metadata } of await deployments()) expect(metadata.labels).toMatchObject({ owner: "somebody" });
  }, 5 * MINUTE);

  test("is rolled back to what it was", async () => {
    expect(await helm.change(["rollback", RELEASE, "1"])).toEqual([]);
    expect(await manifest(3)).toBe(await manifest(1));
    await settled();
  }, 5 * MINUTE);

  test("leaves nothing behind when it is uninstalled", async () => {
    await helm.change(["uninstall", RELEASE, "--cascade=foreground"]);
    await until("what Kubernetes made for it is gone", async () => (await inventory(plane.kubectl, namespace)).length <= before.length, MINUTE);
    expect(await inventory(plane.kubectl, namespace)).toEqual(before);
  }, 5 * MINUTE);
});

function replicasOf(workloads: readonly Workload[]): Map<string, number> {
  return new Map(workloads.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
}

async function makeNamespace(name: string): Promise<void> {
  await plane.kubectl.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name, labels: RESTRICTED } }]);
}

/** Lets the API server validate and admit what the chart becomes, without keeping it. @returns kinds of the objects */
async function dryRun(namespace: string, values: string): Promise<string[]> {
  const rendered = await helmWith(tools.helm, plane.kubeconfig, namespace).run(["template", RELEASE, CHART, "--values", values, "--skip-tests"]);
  const { errors } = await plane.kubectl.end(["apply", "--dry-run=server", "--validate=strict", "--namespace", namespace, "--filename=-"], rendered);
  expect(errors).toBe("");
  return parseAllDocuments(rendered).flatMap((document) => (document.toJS() as KubernetesObject | null)?.kind ?? []);
}
