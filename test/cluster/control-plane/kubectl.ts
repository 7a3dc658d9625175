import { type Ended, endOf, outputOf } from "../../../scripts/tools/run-tool.ts";

/** An object of Kubernetes, as far as it is looked at here. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Calls of one API server with an administrator's rights. */
export interface Kubectl {
  /** Runs kubectl, whatever comes of it; `input` is a manifest. */
  end(flags: readonly string[], input?: string): Promise<Ended>;
  /** What it writes. @throws ToolFailure with what it said where its status is not 0 */
  run(flags: readonly string[], input?: string): Promise<string>;
  /** Objects of some kinds; `kinds` as in `deployments,pods`. */
  list<Kind extends KubernetesObject>(kinds: string, flags?: readonly string[]): Promise<Kind[]>;
  /** Makes objects be as they are given, with every field validated. */
  apply(objects: readonly unknown[]): Promise<void>;
}

/** kubectl for one kubeconfig. */
export function kubectlWith(program: string, kubeconfig: string): Kubectl {
  const all = (flags: readonly string[]) => ["--kubeconfig", kubeconfig, ...flags];
  const run: Kubectl["run"] = (flags, input) => outputOf(program, all(flags), input);
  return {
    run,
    end: (flags, input) => endOf(program, all(flags), input),
    async list<Kind extends KubernetesObject>(kinds: string, flags: readonly string[] = []) {
      const answer = JSON.parse(await run(["get", kinds, ...flags, "--output=json"])) as { items: Kind[] };
      return answer.items;
    },
    async apply(objects) {
      const list = { apiVersion: "v1", kind: "List", items: objects };
      await run(["apply", "--server-side", "--validate=strict", "--filename=-"], JSON.stringify(list));
    },
  };
}
