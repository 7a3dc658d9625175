import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A rule of the alerts file. */
export interface Rule {
  readonly name: string;
  readonly group: string;
  /** False: it records a series. */
  readonly alerts: boolean;
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleYaml {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

const FOLDER = new URL("../../helm/fairlead/files/prometheus/", import.meta.url);
/** Path of the alerts. */
export const ALERTS = fileURLToPath(new URL("alerts.yaml", FOLDER));
/** Path of promtool's tests of them. */
export const ALERT_TESTS = fileURLToPath(new URL("alerts.test.yaml", FOLDER));

/** The rules of the alerts file, in order. */
export function readRules(): Rule[] {
  const { groups } = parse(readFileSync(ALERTS, "utf8")) as { groups: { name: string; rules: RuleYaml[] }[] };
  return groups.flatMap(({ name: group, rules }) =>
    rules.map(({ alert, record, expr, labels = {}, annotations = {} }) => ({
      name: alert ?? record ?? "",
      group,
      alerts: alert !== undefined,
      expression: expr,
      labels,
      annotations,
    })),
  );
}
