import type { TopLevelSpec } from "vega-lite";
import { CHART_CONFIG, CHART_SIZE } from "./chart-style.ts";
import { renderSvg } from "./render-svg.ts";

/** A line, with a band around it where `band` is given. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  readonly dashed?: boolean;
}

/** What a line chart shows. */
export interface LineChart {
  readonly title: string;
  /** Label of the axis, with its unit. */
  readonly x: string;
  /** Label of the axis, with its unit. */
  readonly y: string;
  readonly series: readonly LineSeries[];
  /** Single points with their name written beside them. */
  readonly marks?: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  /** A d3 number format, or a d3 time format with `timeAxis`. */
  readonly xFormat?: string;
  /** A d3 number format. */
  readonly yFormat?: string;
  /** True when x is unix milliseconds; shown by UTC. */
  readonly timeAxis?: boolean;
  readonly logX?: boolean;
}

/**
 * Draws lines, bands and named points on a light background.
 *
 * @returns the text of an SVG file
 */
export function lineChart(chart: LineChart): Promise<string> {
  return renderSvg(toSpec(chart));
}

function toSpec(chart: LineChart): TopLevelSpec {
  const domain = chart.series.map((series) => series.name);
  const legend =
    domain.length > 1
      ? {
          symbolFillColor: "transparent",
          symbolType: "stroke",
          symbolOpacity: 1,
          symbolStrokeWidth: 3,
          symbolSize: 400,
        }
      : null;
  const color = { field: "series", type: "nominal" as const, scale: { domain }, legend };
  const dashes = chart.series.map((series) => (series.dashed === true ? [6, 4] : [1, 0]));
  const strokeDash = { field: "series", type: "nominal" as const, scale: { domain, range: dashes }, legend };
  const x = { field: "x", ...xEncoding(chart) };
  const y = { field: "y", ...yEncoding(chart) };
  return {
    ...CHART_SIZE,
    title: chart.title,
    config: CHART_CONFIG,
    layer: [
      {
        data: { values: chart.series.flatMap(({ name, band = [] }) => band.map((row) => ({ ...row, series: name }))) },
        mark: { type: "area", opacity: 0.2 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      {
        data: {
          values: chart.series.flatMap(({ name, points }) => points.map((point) => ({ ...point, series: name }))),
        },
        mark: { type: "line", strokeWidth: 2 },
        encoding: { x, y, color, strokeDash },
      },
      {
        data: { values: (chart.marks ?? []).map((mark) => ({ ...mark })) },
        encoding: { x, y },
        layer: [
          { mark: { type: "point", filled: true, size: 70, color: "#222222" } },
          {
            mark: { type: "text", align: "left", dx: 8, dy: -6, color: "#222222" },
            encoding: { text: { field: "name" } },
          },
        ],
      },
    ],
  };
}

function xEncoding(chart: LineChart) {
  if (chart.timeAxis === true) {
    return { type: "temporal" as const, title: chart.x, scale: { type: "utc" as const }, ...format(chart.xFormat) };
  }
  const scale = chart.logX === true ? { type: "log" as const } : { zero: false, nice: false };
  return { type: "quantitative" as const, title: chart.x, scale, ...format(chart.xFormat) };
}

/** The axis starts at zero, except where all values lie so far above it that a line would be flat. */
function yEncoding(chart: LineChart) {
  const values = chart.series.flatMap(({ points, band = [] }) => [
    ...points.map((point) => point.y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const zero = values.some((value) => value < most / 2);
  return { type: "quantitative" as const, title: chart.y, scale: { zero }, ...format(chart.yFormat) };
}

function format(pattern: string | undefined) {
  return pattern === undefined ? {} : { axis: { format: pattern } };
}
