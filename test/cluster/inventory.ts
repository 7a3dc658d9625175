import type { Kubectl } from "./control-plane/kubectl.ts";

/** What comes and goes by itself. */
const FLEETING = new Set(["events", "events.events.k8s.io", "leases.coordination.k8s.io", "componentstatuses"]);

/** Everything that an API server has, each as `<kind>/<name>`: of one namespace and of the whole cluster. */
export async function inventory(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const inNamespace = await names(kubectl, "true", ["--namespace", namespace]);
  return [...inNamespace, ...(await names(kubectl, "false", []))].sort();
}

async function names(kubectl: Kubectl, namespaced: string, flags: readonly string[]): Promise<string[]> {
  const kinds = lines(await kubectl.run(["api-resources", "--verbs=list", `--namespaced=${namespaced}`, "--output=name"]));
  const wanted = kinds.filter((kind) => !FLEETING.has(kind));
  return lines(await kubectl.run(["get", wanted.join(","), ...flags, "--output=name", "--ignore-not-found"]));
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
