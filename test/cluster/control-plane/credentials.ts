import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** Files by which the parts of a control plane know each other. Nothing in them outlives the folder. */
export interface Credentials {
  /** Private key that signs tokens of service accounts. */
  readonly signingKey: string;
  /** Who may call the API server. */
  readonly tokens: string;
  /** Folder where the API server puts the certificate that it makes for itself. */
  readonly certificates: string;
  /** That certificate with its authority. */
  readonly authority: string;
  /** What a user calls the API server with. */
  kubeconfig(user: User): string;
}

/** As Kubernetes names them; its own rules give the last two what they need. */
export type User = "admin" | "system:kube-controller-manager" | "system:kube-scheduler";

const USERS: readonly User[] = ["admin", "system:kube-controller-manager", "system:kube-scheduler"];

/** Makes keys and tokens in a folder. */
export function makeCredentials(folder: string, server: string): Credentials {
  const certificates = join(folder, "certificates");
  const authority = join(certificates, "apiserver.crt");
  const signingKey = write(folder, "service-accounts.key", generateKeyPairSync("rsa", PEM).privateKey);
  const secrets = new Map(USERS.map((user) => [user, randomBytes(24).toString("hex")]));
  const rows = [...secrets].map(([user, token]) => `${token},${user},${user},${user === "admin" ? "system:masters" : ""}`);
  return {
    signingKey,
    tokens: write(folder, "tokens.csv", `${rows.join("\n")}\n`),
    certificates,
    authority,
    kubeconfig: (user) => write(folder, `${user.replaceAll(":", "-")}.kubeconfig`, stringify(kubeconfigOf(server, authority, secrets.get(user) ?? ""))),
  };
}

const PEM = {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;

function kubeconfigOf(server: string, authority: string, token: string) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority": authority } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
}

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
