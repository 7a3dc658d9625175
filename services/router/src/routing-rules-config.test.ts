import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@fairlead/runtime/config";
import { routerConfig } from "./config.ts";
import { toRoutingRules } from "./routing-rules-config.ts";

const folder = mkdtempSync(join(tmpdir(), "fairlead-rules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(yaml: string) {
  const file = join(folder, "config.yaml");
  writeFileSync(file, yaml);
  return readConfig(routerConfig, { FAIRLEAD_CONFIG: file });
}

describe("the router's configuration", () => {
  it.each([
    ["an unknown strategy", "router: { defaultStrategy: magic }", "router.defaultStrategy", "expected one of weighted_composite"],
    ["an unknown balancing", "router: { defaultBalancing: magic }", "router.defaultBalancing", "expected one of round_robin"],
    ["an unknown strategy of a rule", "router: { rules: [{ name: a, policy: { strategy: magic } }] }", "router.rules.0.policy.strategy", "expected one of"],
    ["weights that do not sum", "router: { rules: [{ name: a, policy: { weights: { cost: 0.5, quality: 0.4 } } }] }", "router.rules.0.policy.weights", "sum to 1"],
    ["a negative bound", "router: { totalMs: -1 }", "router.totalMs", ">=1"],
    ["a quality above one", "router: { rules: [{ name: a, policy: { minQuality: 2 } }] }", "router.rules.0.policy.minQuality", "<=1"],
    ["dollars that are no text", "router: { rules: [{ name: a, policy: { maxCostUsd: 0.1 } }] }", "router.rules.0.policy.maxCostUsd", "expected string"],
    ["dollars finer than a billionth", 'router: { rules: [{ name: a, policy: { maxCostUsd: "0.0000000001" } }] }', "router.rules.0.policy.maxCostUsd", "nine places"],
    ["a misspelt condition", "router: { rules: [{ name: a, when: { tenant: [x] } }] }", "router.rules.0.when.tenant", "no such key"],
    ["two rules of one name", "router: { rules: [{ name: a }, { name: a }] }", "router.rules", "a name of its own"],
    ["a header in capitals", "router: { rules: [{ name: a, when: { headers: { X-Team: b } } }] }", "router.rules.0.when.headers.X-Team", "small letters"],
  ])("refuses %s and names the key", (_, yaml, key, expected) => {
    expect(() => read(yaml)).toThrow(key);
    expect(() => read(yaml)).toThrow(expected);
  });

  it("takes rules and aliases as they are written", () => {
    const config = read(`
router:
  aliases:
    fast: { models: [gpt-4o-mini, gemini-2.5-flash], policy: { strategy: speed } }
  rules:
    - name: search team
      when: { headers: { x-team: search } }
      policy: { maxCostUsd: "0.05", triggers: { refusal: true }, degradedAnswer: { fixedText: Later. } }
`);
    const { aliases, rules } = toRoutingRules(config);
    expect(aliases["fast"]).toEqual({ models: ["gpt-4o-mini", "gemini-2.5-flash"], policy: { strategy: "speed" } });
    expect(aliases["smart"]).toEqual({ models: [], policy: { strategy: "quality" } });
    expect(rules).toMatchObject([
      { name: "search team", policy: { maxCostNanoUsd: 50_000_000n, triggers: { refusal: true }, degradedAnswer: { fixedText: "Later." } } },
    ]);
  });
});
