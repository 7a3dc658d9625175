import { kubeScoreFlags } from "./kube-score-flags.ts";
import { configuration } from "./paths.ts";
import type { Tools } from "./tools.ts";

/** A program that looks at a file of rendered objects, and what it is called with. */
export interface Linter {
  readonly name: string;
  readonly program: string;
  flags(file: string): readonly string[];
}

/** Every finding counts, warnings too: what may be is waived in the configuration. */
const POLARIS = ["--format", "pretty", "--color=false", "--only-show-failed-tests", "true", "--set-exit-code-below-score", "100"];

/** All that look at what the chart becomes in one environment, each with its waivers. */
export function linters(environment: string, { programs, schemaLocation }: Tools): Linter[] {
  const polaris = ["--merge-config", "--config", configuration(`polaris-${environment}.yaml`)];
  return [
    { name: "kubeconform", program: programs.kubeconform, flags: (file) => kubeconformFlags(schemaLocation, file) },
    { name: "kube-linter", program: programs["kube-linter"], flags: (file) => ["lint", "--config", configuration("kube-linter.yaml"), file] },
    { name: "kube-score", program: programs["kube-score"], flags: (file) => ["score", ...kubeScoreFlags(environment), file] },
    { name: "polaris", program: programs.polaris, flags: (file) => ["audit", ...POLARIS, ...polaris, "--audit-path", file] },
  ];
}

/** Fields that no schema names are refused, and so is a kind that has no schema. */
export function kubeconformFlags(schemaLocation: string, file: string): string[] {
  return ["-strict", "-summary", "-schema-location", schemaLocation, file];
}
