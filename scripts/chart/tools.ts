import { installSchemas } from "../tools/install-schemas.ts";
import { installTools } from "../tools/install-tools.ts";

/** What the checks of the chart are done with: paths of programs, and where kubeconform finds schemas. */
export interface Tools {
  readonly programs: ReturnType<typeof installPrograms>;
  readonly schemaLocation: string;
}

/** Makes sure that all of it is there. */
export function installChartTools(): Tools {
  return { programs: installPrograms(), schemaLocation: installSchemas().location };
}

function installPrograms() {
  return installTools(["helm", "helm-docs", "helm-unittest", "kubeconform", "kube-linter", "kube-score", "polaris", "promtool", "hadolint"]);
}
