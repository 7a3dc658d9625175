import { join } from "node:path";
import type { Credentials } from "./credentials.ts";

/** Where every part listens. */
export const LOOPBACK = "127.0.0.1";

/** Of etcd, with its data in a folder. */
export function etcdFlags(folder: string, client: number, peer: number): string[] {
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

/** Of the API server. Admission is as Kubernetes has it by default, Pod Security included. */
export function apiServerFlags(etcd: number, port: number, credentials: Credentials): string[] {
  return [
    `--etcd-servers=http://${LOOPBACK}:${etcd}`,
    `--bind-address=${LOOPBACK}`,
    `--advertise-address=${LOOPBACK}`,
    `--secure-port=${port}`,
    `--cert-dir=${credentials.certificates}`,
    `--token-auth-file=${credentials.tokens}`,
    "--authorization-mode=RBAC",
    // Whether a container may be privileged is left to Pod Security.
    "--allow-privileged=true",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.signingKey}`,
    `--service-account-signing-key-file=${credentials.signingKey}`,
  ];
}

/** Of the controllers, each with a service account of its own. */
export function controllerFlags(port: number, credentials: Credentials): string[] {
  return [
    `--kubeconfig=${credentials.kubeconfig("system:kube-controller-manager")}`,
    `--bind-address=${LOOPBACK}`,
    `--secure-port=${port}`,
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    "--horizontal-pod-autoscaler-sync-period=1s",
    `--service-account-private-key-file=${credentials.signingKey}`,
    `--root-ca-file=${credentials.authority}`,
  ];
}

/** Of the scheduler. */
export function schedulerFlags(port: number, credentials: Credentials): string[] {
  return [`--kubeconfig=${credentials.kubeconfig("system:kube-scheduler")}`, `--bind-address=${LOOPBACK}`, `--secure-port=${port}`, "--leader-elect=false"];
}
