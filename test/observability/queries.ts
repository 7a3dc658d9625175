import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { readRules } from "./rules.ts";

/** A query of a file of this project. */
export interface FoundQuery {
  /** File, and the place in it. */
  readonly place: string;
  readonly expression: string;
}

/** A panel of a dashboard as these tests look at it. */
export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

/** A dashboard as these tests look at it. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query?: string }[] };
}

export const ROOT = new URL("../../", import.meta.url);
const FILES = new URL("helm/fairlead/files/", ROOT);
const read = (path: string, base = FILES) => readFileSync(new URL(path, base), "utf8");

/** The dashboards by name. */
export const dashboards = new Map(
  readdirSync(new URL("dashboards/", FILES)).map((file) => [file.replace(".json", ""), JSON.parse(read(`dashboards/${file}`)) as DashboardJson]),
);

/** Every query of the dashboards, with Grafana's variables filled in. */
export function dashboardQueries(): FoundQuery[] {
  return [...dashboards].flatMap(([name, { panels, templating }]) => [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ place: `${name}: ${title}`, expression: filled(expr) }))),
    ...templating.list.flatMap(({ name: variable, query }) => variableQuery(`${name}: $${variable}`, query ?? "")),
  ]);
}

/** Every query of the project: dashboards, alerts, runbooks, and what autoscalers ask for. */
export function allQueries(): FoundQuery[] {
  const rules = readRules().map(({ name, expression }) => ({ place: `alerts: ${name}`, expression }));
  return [...dashboardQueries(), ...rules, ...runbookQueries(), ...adapterQueries(), ...kedaQueries()];
}

function filled(expression: string): string {
  return expression
    .replaceAll("$__rate_interval", "5m")
    .replaceAll("$__range", "1h")
    .replace(/\$\{?\w+\}?/g, ".*");
}

/** `label_values(series, label)` asks for series that carry the label. */
function variableQuery(place: string, query: string): FoundQuery[] {
  const asked = /^label_values\((.+), (\w+)\)$/s.exec(query);
  return asked === null ? [] : [{ place, expression: `count by (${asked[2]}) (${filled(asked[1] ?? "")})` }];
}

function runbookQueries(): FoundQuery[] {
  const folder = new URL("docs/runbooks/", ROOT);
  return readdirSync(folder).flatMap((file) =>
    [...read(file, folder).matchAll(/```promql\n([\s\S]*?)```/g)].map(([, block = ""]) => ({ place: `runbook ${file}`, expression: block.trim() })),
  );
}

function adapterQueries(): FoundQuery[] {
  const { rules } = parse(read("prometheus-adapter.yaml")) as { rules: { custom: { seriesQuery: string; metricsQuery: string }[] } };
  return rules.custom.flatMap(({ seriesQuery, metricsQuery }) => {
    const [, series = "", matchers = ""] = /^(\w+)\{(.*)\}$/.exec(seriesQuery) ?? [];
    const expression = metricsQuery.replace("<<.Series>>", series).replace("<<.LabelMatchers>>", matchers).replace("<<.GroupBy>>", "pod");
    return [seriesQuery, expression].map((query) => ({ place: "prometheus-adapter", expression: query }));
  });
}

function kedaQueries(): FoundQuery[] {
  const template = read("templates/scaled-objects.yaml", new URL("../", FILES));
  return [...template.matchAll(/^\s*query: (.+)$/gm)].map(([, query = ""]) => ({ place: "KEDA trigger", expression: query.replace(/\{\{.*?\}\}/g, "x") }));
}
