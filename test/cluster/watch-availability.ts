import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";

/** Looks at Deployments while they change. */
export interface AvailabilityWatch {
  /** Ends it. @returns Deployments that at some time had fewer pods available than they have to, as sentences */
  close(): Promise<string[]>;
}

const LINE = 'jsonpath={.metadata.name} {.status.availableReplicas}{"\\n"}';

/**
 * Follows every change of the Deployments of a namespace.
 *
 * @param wanted least number of available pods, by Deployment
 */
export function watchAvailability(kubectl: string, kubeconfig: string, namespace: string, wanted: ReadonlyMap<string, number>): AvailabilityWatch {
  const flags = ["--kubeconfig", kubeconfig, "--namespace", namespace, "get", "deployments", "--watch", "--output", LINE];
  const child = spawn(kubectl, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const short: string[] = [];
  let seen = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [name = "", available] = line.split(" ");
    const least = wanted.get(name);
    if (least === undefined) return;
    seen += 1;
    if (Number(available ?? 0) < least) short.push(`${name} had ${available ?? 0} of ${least} pods`);
  });
  return {
    async close() {
      child.kill("SIGTERM");
      await once(child, "exit");
      if (seen <= wanted.size) throw new Error("no Deployment changed while it was watched");
      return short;
    },
  };
}
