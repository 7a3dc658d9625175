import { fileURLToPath } from "node:url";
import { endOf, outputOf, ToolFailure } from "../../../scripts/tools/run-tool.ts";

/** Folder of the chart. */
export const CHART = fileURLToPath(new URL("../../../helm/fairlead", import.meta.url));

/** Helm, calling one API server for one namespace. */
export interface Helm {
  /** @throws ToolFailure with what it said where its status is not 0 */
  run(flags: readonly string[]): Promise<string>;
  /** The same for what changes the cluster: waits until all is ready, and gives the warnings of the API server. */
  change(flags: readonly string[]): Promise<string[]>;
}

/** @param program path of helm */
export function helmWith(program: string, kubeconfig: string, namespace: string): Helm {
  const all = (flags: readonly string[]) => [...flags, "--kubeconfig", kubeconfig, "--namespace", namespace];
  return {
    run: (flags) => outputOf(program, all(flags)),
    async change(flags) {
      const { status, output, errors } = await endOf(program, all([...flags, "--wait", "--timeout=4m"]));
      if (status !== 0) throw new ToolFailure(`helm ${flags.join(" ")} ended with status ${status}:\n${output}${errors}`);
      return errors.split("\n").filter((line) => /warning/i.test(line));
    },
  };
}
