import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type QueryVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Placed } from "./panel.ts";
import { datasource } from "./variables.ts";

/** A titled group of panels, which can be folded in the browser. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Placed[];
}

/** What a dashboard is made of. */
export interface DashboardFacts {
  /** Last part of its address: "fairlead-" and this. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly QueryVariableBuilder[];
  readonly rows: readonly Row[];
}

const COLUMNS = 24;

/** Puts a dashboard together: rows below each other, their panels from left to right. */
export function dashboard({ name, title, description, variables, rows }: DashboardFacts): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(`fairlead-${name}`)
    .description(description)
    .tags(["fairlead"])
    .editable()
    .refresh("30s")
    .time({ from: "now-3h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(new DashboardLinkBuilder("Fairlead").type(DashboardLinkType.Dashboards).tags(["fairlead"]).asDropdown(true).keepTime(true).includeVars(true))
    .withVariable(datasource());
  for (const variable of variables) builder.withVariable(variable);
  return { ...builder.build(), panels: arrange(rows) };
}

function arrange(rows: readonly Row[]): (Panel | ReturnType<RowBuilder["build"]>)[] {
  const arranged: (Panel | ReturnType<RowBuilder["build"]>)[] = [];
  let y = 0;
  const number = () => arranged.length + 1;
  for (const { title, panels } of rows) {
    arranged.push(new RowBuilder(title).id(number()).gridPos({ x: 0, y, w: COLUMNS, h: 1 }).build());
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const { panel, width, height } of panels) {
      if (x + width > COLUMNS) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      arranged.push({ ...panel, id: number(), gridPos: { x, y, w: width, h: height } });
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return arranged;
}
