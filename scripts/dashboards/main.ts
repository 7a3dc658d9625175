import { readFileSync, writeFileSync } from "node:fs";
import { costDashboard } from "./cost.ts";
import { providersDashboard } from "./providers.ts";
import { systemDashboard } from "./system.ts";
import { usersDashboard } from "./users.ts";

/** Writes Grafana's dashboards; with --check only tells whether those that are there are the ones it would write. */
const FOLDER = new URL("../../helm/fairlead/files/dashboards/", import.meta.url);
const dashboards = { system: systemDashboard(), cost: costDashboard(), providers: providersDashboard(), users: usersDashboard() };
const check = process.argv.includes("--check");
const stale: string[] = [];

for (const [name, content] of Object.entries(dashboards)) {
  const file = new URL(`${name}.json`, FOLDER);
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) stale.push(name);
}
if (stale.length > 0) {
  process.stderr.write(`dashboards that are not up to date: ${stale.join(", ")}; run pnpm dashboards\n`);
  process.exitCode = 1;
}
