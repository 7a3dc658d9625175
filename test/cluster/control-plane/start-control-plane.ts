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
import { startProgram } from "./start-program.ts";
import type { Program } from "./start-program.ts";

/** A Kubernetes without containers: a real API server, controllers and scheduler, and nodes on which pods only say that they run. */
export interface ControlPlane {
  readonly kubectl: Kubectl;
  /** Of an administrator. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const START_MS = 120_000;

/**
 * Starts all parts on free ports of the loopback address, with their data in a folder that goes with them.
 *
 * @throws Error with the log of the part that did not start
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const tools = installTools(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kubectl"]);
  const folder = mkdtempSync(join(tmpdir(), "fairlead-cluster-"));
  const ports = await freePorts(5);
  const [client = 0, peer = 0, api = 0, controllers = 0, scheduler = 0] = ports;
  const server = `https://${LOOPBACK}:${api}`;
  const credentials = makeCredentials(folder, server);
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
    start("kube-apiserver", [
      `--etcd-servers=http://${LOOPBACK}:${client}`,
      `--bind-address=${LOOPBACK}`,
      `--advertise-address=${LOOPBACK}`,
      `--secure-port=${api}`,
      `--cert-dir=${credentials.certificates}`,
      `--token-auth-file=${credentials.tokens}`,
      "--authorization-mode=RBAC",
      "--allow-privileged=true",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.signingKey}`,
      `--service-account-signing-key-file=${credentials.signingKey}`,
    ]);
    await ready(programs, "the API server", async () => (await kubectl.end(["get", "--raw", "/readyz"])).status === 0);
    start("kube-controller-manager", [
      `--kubeconfig=${credentials.kubeconfig("system:kube-controller-manager")}`,
      `--bind-address=${LOOPBACK}`,
      `--secure-port=${controllers}`,
      "--leader-elect=false",
      "--use-service-account-credentials=true",
      "--horizontal-pod-autoscaler-sync-period=1s",
      `--service-account-private-key-file=${credentials.signingKey}`,
      `--root-ca-file=${credentials.authority}`,
    ]);
    start("kube-scheduler", [`--kubeconfig=${credentials.kubeconfig("system:kube-scheduler")}`, `--bind-address=${LOOPBACK}`, `--secure-port=${scheduler}`, "--leader-elect=false"]);
    const stages = installFiles("kwok-stages").flatMap((file) => ["--config", file]);
    start("kwok", ["--kubeconfig", kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40", ...stages]);
    await kubectl.apply(["zone-a", "zone-b", "zone-c"].map(nodeIn));
    await ready(programs, "nodes", async () => (await kubectl.end(["wait", "nodes", "--all", "--for=condition=Ready", "--timeout=1s"])).status === 0);
    return { kubectl, kubeconfig, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function etcdFlags(folder: string, client: number, peer: number): string[] {
  const [clients, peers] = [`http://${LOOPBACK}:${client}`, `http://${LOOPBACK}:${peer}`];
  return [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync",
  ];
}

async function ready(programs: readonly Program[], name: string, isReady: () => Promise<boolean>): Promise<void> {
  await Promise.race([until(name, isReady, START_MS), ...programs.map(({ failed }) => failed)]);
}

function nodeIn(zone: string) {
  const labels = { "kubernetes.io/hostname": `node-${zone}`, "topology.kubernetes.io/zone": zone, "kubernetes.io/os": "linux", type: "kwok" };
  return { apiVersion: "v1", kind: "Node", metadata: { name: `node-${zone}`, labels } };
}
