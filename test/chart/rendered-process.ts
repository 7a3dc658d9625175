import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Rendered } from "./edges-of-policies.ts";

/** A process of the mesh as a rendered chart starts it. */
export interface RenderedProcess {
  readonly component: string;
  /** Folder of its service. */
  readonly service: string;
  /** Its variables; files that Kubernetes would mount are written to a folder for the test. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** What the files hold that Kubernetes mounts from Secrets. */
const SECRETS: Readonly<Record<string, string>> = {
  FAIRLEAD_NATS_URL_FILE: "tls://nats.example.com:4222",
  FAIRLEAD_REDIS_URL_FILE: "rediss://user:password@redis.example.com:6379",
};

/** All processes of services and adapters in a rendered chart. */
export function processesOf(objects: readonly Rendered[]): RenderedProcess[] {
  return objects.filter(({ kind }) => kind === "Deployment").flatMap((deployment) => {
    const [container] = deployment.spec.template.spec.containers as { name: string; env: Variable[] }[];
    const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === deployment.metadata.name);
    if (container === undefined || config === undefined) return [];
    const component = deployment.metadata.labels?.["app.kubernetes.io/component"] ?? "";
    return [{ component, service: container.name, environment: withFiles(container.env, (config as unknown as { data: Record<string, string> }).data) }];
  });
}

function withFiles(variables: readonly Variable[], data: Readonly<Record<string, string>>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-rendered-"));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const own = ({ name, value }: Variable): string => {
    if (name === "FAIRLEAD_CONFIG") return write("config.yaml", data["config.yaml"] ?? "");
    const secret = SECRETS[name];
    if (secret !== undefined) return write(name, secret);
    // What comes by downward API is the name of a pod, a node or a namespace.
    return value ?? "name-of-something";
  };
  return Object.fromEntries(variables.map((variable) => [variable.name, own(variable)]));
}
