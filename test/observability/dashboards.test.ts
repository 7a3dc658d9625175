import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type DashboardJson, dashboards, type PanelJson, ROOT } from "./queries.ts";

const names = ["cost", "providers", "system", "users"];
const each = [...dashboards];
const drawn = ({ panels }: DashboardJson) => panels.filter(({ type }) => type !== "row");

function overlap(a: PanelJson, b: PanelJson): boolean {
  const [one, other] = [a.gridPos, b.gridPos];
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

describe("the dashboards", () => {
  it("are the four, each at an address of its own", () => {
    expect(each.map(([name]) => name).sort()).toEqual(names);
    expect(each.map(([, { uid }]) => uid).sort()).toEqual(names.map((name) => `fairlead-${name}`));
  });

  it("are what their program writes", () => {
    execFileSync(process.execPath, ["scripts/dashboards/main.ts", "--check"], { cwd: fileURLToPath(ROOT), stdio: ["ignore", "ignore", "pipe"] });
  });

  it.each(each)("%s asks the Prometheus that its reader chooses, with all that its queries name chosen too", (_, dashboard) => {
    const variables = new Set(dashboard.templating.list.map(({ name }) => name));
    expect(dashboard.templating.list[0]).toMatchObject({ name: "datasource", type: "datasource", query: "prometheus" });
    for (const { datasource, targets = [] } of drawn(dashboard)) {
      for (const { uid } of [datasource, ...targets.map((target) => target.datasource)].filter((one) => one !== undefined)) expect(uid).toBe("${datasource}");
      for (const [, name = ""] of targets.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)])) {
        if (!name.startsWith("__")) expect(variables).toContain(name);
      }
    }
  });

  it.each(each)("%s says of every panel what it shows and in which unit, under a title that no other has", (_, dashboard) => {
    for (const panel of drawn(dashboard)) {
      expect([panel.title, panel.description?.endsWith(".")]).toEqual([panel.title, true]);
      expect([panel.title, panel.fieldConfig?.defaults.unit]).toEqual([panel.title, expect.stringMatching(/.+/)]);
      expect([panel.title, panel.targets?.length]).not.toEqual([panel.title, 0]);
    }
    const titles = dashboard.panels.map(({ title }) => title);
    const inRows = titles.map((title, index) => `${dashboard.panels.slice(0, index + 1).findLast(({ type }) => type === "row")?.title}/${title}`);
    expect(new Set(inRows).size).toBe(titles.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(titles.length);
  });

  it.each(each)("%s begins with a row, lies within 24 columns and has no panel upon another", (_, { panels }) => {
    expect(panels[0]?.type).toBe("row");
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const clashes = panels.flatMap((one, index) => panels.slice(index + 1).filter((other) => overlap(one, other)).map((other) => [one.title, other.title]));
    expect(clashes).toEqual([]);
  });
});
