import { DatasourceVariableBuilder, QueryVariableBuilder, VariableRefresh, VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";

/** Which Prometheus is asked: chosen by a variable, so that a dashboard fits every installation. */
export const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** The choice of a Prometheus. */
export const datasource = () => new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus");

/** A choice of values of a label: several, and at first all. */
export function choice(name: string, label: string, series: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${series}, ${name})`)
    .definition(`label_values(${series}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: "All", value: "$__all" });
}
