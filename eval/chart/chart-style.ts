import type { Config } from "vega-lite";

/** Size of the area inside the axes in pixels; titles and legend come on top, which makes about 750 by 480. */
export const CHART_SIZE = {
  width: 640,
  height: 330,
  padding: 16,
  autosize: { type: "pad" as const },
  background: "#ffffff",
};

/** Looks shared by all charts: dark text on white, colours that people with weak colour vision tell apart (Okabe and Ito). */
export const CHART_CONFIG: Config = {
  font: "DejaVu Sans, Verdana, sans-serif",
  title: { fontSize: 15, anchor: "start", offset: 12, color: "#222222" },
  axis: {
    labelFontSize: 12,
    labelLimit: 0,
    titleFontSize: 13,
    titleFontWeight: "normal",
    titlePadding: 10,
    gridColor: "#e6e6e6",
    domainColor: "#888888",
    tickColor: "#888888",
    labelColor: "#333333",
    titleColor: "#222222",
  },
  legend: {
    orient: "bottom",
    title: null,
    labelFontSize: 12,
    symbolSize: 120,
    symbolStrokeWidth: 3,
    labelLimit: 0,
    columns: 2,
  },
  range: { category: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555", "#b8a500"] },
  view: { stroke: null },
};
