import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { findServer } from "@fairlead/local-mesh/find-server";
import { parse } from "yaml";
import { ROOT } from "./queries.ts";
import { ALERT_TESTS, ALERTS, readRules } from "./rules.ts";

interface AlertTest {
  readonly alertname: string;
  readonly exp_alerts?: readonly unknown[];
}

const rules = readRules();
const alerts = rules.filter(({ alerts: isAlert }) => isAlert);
const rows = alerts.map((alert) => [alert.name, alert] as const);
const tested = (parse(readFileSync(ALERT_TESTS, "utf8")) as { tests: { alert_rule_test?: AlertTest[] }[] }).tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
const RUNBOOKS = new URL("docs/runbooks/", ROOT);
const SECTIONS = ["## What it means", "## How to see it", "## What to do", "## How to know that it is over"];
const promtool = () => findServer("promtool", "prometheus", () => undefined);

describe("the alerts", () => {
  it("are rules that promtool takes, of names of their own", () => {
    const said = execFileSync(promtool(), ["check", "rules", ALERTS], { encoding: "utf8" });
    expect(said).toContain(`${rules.length} rules found`);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  it("fire when they should and stay quiet when they should", () => {
    execFileSync(promtool(), ["test", "rules", ALERT_TESTS], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }, 60_000);

  it.each(rows)("%s is tested both firing and quiet", (name) => {
    const tests = tested.filter(({ alertname }) => alertname === name);
    expect(tests.map(({ exp_alerts = [] }) => exp_alerts.length > 0)).toEqual(expect.arrayContaining([true, false]));
  });

  it.each(rows)("%s says how bad it is, what is wrong and what to do", (name, { labels, annotations }) => {
    expect(name).toMatch(/^Fairlead[A-Z]/);
    expect(["critical", "warning", "info"]).toContain(labels["severity"]);
    expect(annotations).toEqual({ summary: expect.stringMatching(/\.$/), description: expect.stringMatching(/\.$/), runbook: name });
  });

  it.each(rows)("%s has a runbook with a command or query to see it by", (name) => {
    const text = readFileSync(new URL(`${name}.md`, RUNBOOKS), "utf8");
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect(SECTIONS.filter((section) => !text.includes(`\n${section}\n`))).toEqual([]);
    expect(text).toMatch(/```(promql|sh)\n/);
  });

  it("are all that runbooks are about, and the list of runbooks names each", () => {
    const named = alerts.map(({ name }) => name).sort();
    const files = readdirSync(RUNBOOKS).filter((file) => file !== "README.md");
    expect(files.map((file) => file.replace(".md", "")).sort()).toEqual(named);
    const list = readFileSync(new URL("README.md", RUNBOOKS), "utf8");
    expect([...list.matchAll(/\]\((\w+)\.md\)/g)].map(([, name]) => name).sort()).toEqual(named);
  });
});
