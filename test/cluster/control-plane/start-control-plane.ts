import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@fairlead/local-mesh/free-port";
import { installFiles } from "../../../scripts/tools/install-files.ts";
import { installTools } from "../../../scripts/tools/install-tools.ts";
import { until } from "../../support/until.ts";
import { kubectlWith } from "./kubectl.ts";
import type { Kubectl } from "./kubectl.ts";
import { makeCredentials } from "./credentials.ts";
import { apiServerFlags, controllerFlags, etcdFlags, LOOPBACK, schedulerFlags } from "./flags.ts";
import { startProgram } from "../../support/start-program.ts";
import type { Program } from "../../support/start-program.ts";

/** A Kubernetes without containers: a real API server, controllers and scheduler, and nodes on which pods only say that they run. */
export interface ControlPlane {
  readonly kubectl: Kubectl;
  /** Of an administrator. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const START_MS = 120_000;

/**
 * Starts all parts on free ports of the loopback address, with their data in a folder that goes with them.
 *
 * @throws Error with the log of the part that did not start
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const tools = installTools(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kubectl"]);
  const folder = mkdtempSync(join(tmpdir(), "fairlead-cluster-"));
  const [client = 0, peer = 0, api = 0, controllers = 0, scheduler = 0] = await freePorts(5);
  const credentials = makeCredentials(folder, `https://${LOOPBACK}:${api}`);
  const kubeconfig = credentials.kubeconfig("admin");
  const kubectl = kubectlWith(tools.kubectl, kubeconfig);
  const programs: Program[] = [];
  const start = (name: keyof typeof tools, flags: readonly string[]) => programs.push(startProgram(tools[name], flags, join(folder, `${name}.log`)));
  const close = async () => {
    for (const program of programs.toReversed()) await program.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    start("etcd", etcdFlags(folder, client, peer));
    start("kube-apiserver", apiServerFlags(client, api, credentials));
    await ready(programs, "the API server", async () => (await kubectl.end(["get", "--raw", "/readyz"])).status === 0);
    start("kube-controller-manager", controllerFlags(controllers, credentials));
    start("kube-scheduler", schedulerFlags(scheduler, credentials));
    start("kwok", ["--kubeconfig", kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", ...installFiles("kwok-stages").flatMap((file) => ["--config", file])]);
    await kubectl.apply(["zone-a", "zone-b", "zone-c"].map(nodeIn));
    await ready(programs, "nodes", async () => (await kubectl.end(["wait", "nodes", "--all", "--for=condition=Ready", "--timeout=1s"])).status === 0);
    return { kubectl, kubeconfig, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ready(programs: readonly Program[], name: string, isReady: () => Promise<boolean>): Promise<void> {
  await Promise.race([until(name, isReady, START_MS), ...programs.map(({ failed }) => failed)]);
}

function nodeIn(zone: string) {
  const labels = { "kubernetes.io/hostname": `node-${zone}`, "topology.kubernetes.io/zone": zone, "kubernetes.io/os": "linux", type: "kwok" };
  return { apiVersion: "v1", kind: "Node", metadata: { name: `node-${zone}`, labels } };
}
