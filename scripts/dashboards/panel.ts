import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { type Panel, type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as Graph } from "@grafana/grafana-foundation-sdk/timeseries";
import { DATASOURCE } from "./variables.ts";

/** A query and what its series are called. */
export type Query = readonly [expression: string, legend: string];

/** What a panel shows. */
export interface PanelFacts {
  readonly title: string;
  /** A sentence for who has not seen the metric before. */
  readonly description: string;
  /** Unit by Grafana's id, for example "s" or "percentunit". */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24; 8 where not given. */
  readonly width?: number;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Values from which on the colour changes, from good to bad. */
  readonly steps?: readonly [warning: number, critical: number];
  /** True where lower values are the bad ones. */
  readonly lowIsBad?: boolean;
}

/** A panel and the room that it takes. */
export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly panel: Panel;
}

interface Shown extends Builder<Panel> {
  title(title: string): this;
  description(text: string): this;
  unit(unit: string): this;
  datasource(datasource: { type: string; uid: string }): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  withTarget(target: Builder<Dataquery>): this;
  min(min: number): this;
  max(max: number): this;
  decimals(decimals: number): this;
}

/** Lines over time. */
export function graph(facts: PanelFacts & { readonly stacked?: boolean }): Placed {
  const builder = new Graph()
    .lineWidth(1)
    .fillOpacity(facts.stacked === true ? 40 : 8)
    .drawStyle(GraphDrawStyle.Line)
    .showPoints(VisibilityMode.Never)
    .spanNulls(120_000)
    .stacking(new StackingConfigBuilder().mode(facts.stacked === true ? StackingMode.Normal : StackingMode.None))
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Bottom).showLegend(true).calcs(["lastNotNull", "max"]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  return place(builder, { min: 0, ...facts }, 8, false);
}

/** One number, or one for each series. */
export function stat(facts: PanelFacts): Placed {
  const builder = new Stat()
    .graphMode(BigValueGraphMode.Area)
    .colorMode(facts.steps === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false).fields(""));
  return place(builder, { width: 4, ...facts }, 4, false);
}

/** A bar for each series as it is now. */
export function bars(facts: PanelFacts): Placed {
  const builder = new BarGauge()
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Gradient)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false).fields(""));
  return place(builder, { min: 0, ...facts }, 8, true);
}

function place(builder: Shown, facts: PanelFacts, height: number, now: boolean): Placed {
  const { title, description, unit, queries, width = 8, min, max, decimals } = facts;
  builder.title(title).description(description).unit(unit).datasource(DATASOURCE).thresholds(thresholdsOf(facts));
  for (const [index, query] of queries.entries()) builder.withTarget(target(query, index, now));
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (decimals !== undefined) builder.decimals(decimals);
  return { width, height, panel: builder.build() };
}

function target([expression, legend]: Query, index: number, now: boolean): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATASOURCE)
    .expr(expression)
    .legendFormat(legend)
    .format(PromQueryFormat.TimeSeries);
  return now ? query.instant() : query.range();
}

function thresholdsOf({ steps, lowIsBad = false }: PanelFacts): ThresholdsConfigBuilder {
  const colours = lowIsBad ? ["red", "orange", "green"] : ["green", "orange", "red"];
  const values = steps === undefined ? [] : [...steps];
  // Grafana reads the lowest step without a value as: from minus infinity on.
  const first: Threshold = { value: null, color: steps === undefined ? "blue" : (colours[0] ?? "") };
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([first, ...values.map((value, index) => ({ value, color: colours[index + 1] ?? "" }))]);
}
