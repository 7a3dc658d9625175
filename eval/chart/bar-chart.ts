import type { TopLevelSpec } from "vega-lite";
import { CHART_CONFIG, CHART_SIZE } from "./chart-style.ts";
import { renderSvg } from "./render-svg.ts";

/** What a bar chart shows; bars of one name and different groups stand side by side. */
export interface BarChart {
  readonly title: string;
  readonly x: string;
  /** Label of the axis, with its unit. */
  readonly y: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly group?: string }[];
  /** A d3 number format. */
  readonly yFormat?: string;
}

/**
 * Draws bars in the order they are given; names are broken into lines after commas.
 *
 * @returns the text of an SVG file
 */
export function barChart(chart: BarChart): Promise<string> {
  return renderSvg(toSpec(chart));
}

function toSpec(chart: BarChart): TopLevelSpec {
  const names = [...new Set(chart.bars.map((bar) => bar.name))];
  const groups = [...new Set(chart.bars.flatMap((bar) => (bar.group === undefined ? [] : [bar.group])))];
  const grouping = groups.length === 0 ? {} : { xOffset: { field: "group", sort: groups }, color: colorOf(groups) };
  return {
    ...CHART_SIZE,
    title: chart.title,
    config: CHART_CONFIG,
    data: { values: chart.bars.map((bar) => ({ ...bar })) },
    mark: { type: "bar" },
    encoding: {
      x: {
        field: "name",
        type: "nominal",
        title: chart.x,
        sort: names,
        axis: { labelAngle: names.length > 12 ? -35 : 0, labelExpr: "split(datum.label, ', ')" },
      },
      y: {
        field: "value",
        type: "quantitative",
        title: chart.y,
        ...(chart.yFormat === undefined ? {} : { axis: { format: chart.yFormat } }),
      },
      ...grouping,
    },
  };
}

function colorOf(groups: readonly string[]) {
  return { field: "group", type: "nominal" as const, scale: { domain: [...groups] } };
}
