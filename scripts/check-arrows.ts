import { globSync, readFileSync } from "node:fs";

/** What each part may import of the others; a pattern ends in "*". Whoever is not named here may import nothing. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "libs/contracts": [],
  "libs/decision": ["contracts"],
  "libs/dialects": ["contracts"],
  "libs/rpc": ["contracts"],
  "libs/bus": ["contracts", "rpc"],
  "libs/state": ["contracts", "decision"],
  "libs/runtime": ["contracts", "rpc"],
  "libs/adapter-kit": ["contracts", "rpc", "runtime", "bus"],
  "libs/openai-wire": ["contracts", "rpc", "adapter-kit"],
  "libs/testing": ["*"],
  "services/gateway": ["contracts", "dialects", "rpc", "runtime"],
  "services/router": ["contracts", "decision", "rpc", "runtime", "state", "bus"],
  "services/fallback-manager": ["contracts", "decision", "rpc", "runtime", "state", "bus"],
  "services/load-balancer": ["contracts", "decision", "rpc", "runtime", "state", "bus"],
  "services/cost-optimizer": ["contracts", "decision", "rpc", "runtime", "state", "bus"],
  "services/sla-monitor": ["contracts", "decision", "rpc", "runtime", "state", "bus"],
  "services/adapter-*": ["contracts", "rpc", "runtime", "adapter-kit", "openai-wire"],
  "services/provider-simulator": [],
  "services/embedded": ["*"],
  "deploy/*": ["*"],
};

const IMPORT = /(?:from|import\()\s*"@fairlead\/([a-z0-9-]+)/g;

const problems: string[] = [];
for (const manifest of globSync("{libs,services,deploy}/*/package.json")) {
  const folder = manifest.replace(/\/package\.json$/, "");
  const allowed = Object.entries(ARROWS).find(([pattern]) => matches(pattern, folder))?.[1] ?? [];
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies?: Record<string, string> };
  for (const file of globSync(`${folder}/src/**/*.ts`)) {
    if (file.endsWith(".test.ts") || file.includes("/testing/")) continue;
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      if (!allowed.some((pattern) => matches(pattern, name))) problems.push(`${file} imports ${name}, which ${folder} may not`);
      if (dependencies[`@fairlead/${name}`] === undefined) problems.push(`${file} imports ${name}, which ${manifest} does not name`);
    }
  }
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`arrows: ${problems.length} wrong\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
