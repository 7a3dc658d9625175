import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { readConfig } from "@fairlead/runtime/config";
import { levelsOf, rulesOf, slaMonitorConfig } from "./config.ts";
import { readWebhookSecrets } from "./webhook-config.ts";

const directory = mkdtempSync(join(tmpdir(), "fairlead-sla-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Reads the section as it is written in YAML. */
function read(yaml: string) {
  const file = join(directory, "config.yaml");
  writeFileSync(file, `slaMonitor:\n${yaml.replace(/^\n/, "").replace(/^(?=\S)/gm, "  ")}\n`);
  return readConfig(slaMonitorConfig, { FAIRLEAD_CONFIG: file });
}

describe("the configuration of the sla-monitor", () => {
  it("has defaults for everything", () => {
    const config = readConfig(slaMonitorConfig, {});
    expect(config).toMatchObject({
      windowMs: 300_000,
      slices: 30,
      minCalls: 10,
      reviewMs: 250,
      maxTargets: 2_000,
      maxTenants: 500,
      readyRules: true,
      levels: [],
      rules: [],
      webhooks: [],
      recoverMs: 10_000,
      checkMs: 10_000,
      anomalySigmas: 2,
      historyDays: 92,
    });
    expect(levelsOf(config).map(({ metric, warning, critical }) => [SlaMetric[metric], warning, critical])).toEqual([
      ["SUCCESS_RATE", 0.95, 0.85],
      ["AVAILABILITY", 0.99, 0.95],
      ["LATENCY_P95", 5_000, 15_000],
    ]);
    expect(rulesOf(config).map(({ name }) => name)).toEqual(["high-error-rate", "high-daily-cost", "no-success", "high-latency"]);
  });

  it("reads levels, rules and webhooks from YAML, with durations as people write them", () => {
    const config = read(`
      levels:
        - { scope: { tenant: acme }, metric: cost_per_success, warning: 0.01, critical: 0.05, window: 1h, minCalls: 5 }
      rules:
        - { name: no-success, metric: success_rate, comparison: at_most, threshold: 0, severity: emergency, window: 1m, for: 90s }
        - { name: burning, each: mesh, metric: burn_rate, comparison: above, threshold: 14.4, severity: critical, window: 1h, escalateAfter: 15m, resolveAfter: 5m }
      webhooks:
        - { name: pager, url: "https://example.com/hook", secretEnv: HOOK_SECRET, leastSeverity: critical, timeout: 2s }`);
    expect(config.levels).toEqual([
      { scope: { provider: "", model: "", tenant: "acme" }, metric: SlaMetric.COST_PER_SUCCESS, warning: 0.01, critical: 0.05, windowMs: 3_600_000, minCalls: 5 },
    ]);
    expect(rulesOf(config).map(({ name, forMs }) => [name, forMs])).toEqual([
      ["high-error-rate", 300_000],
      ["high-daily-cost", 60_000],
      ["high-latency", 300_000],
      ["no-success", 90_000],
      ["burning", 0],
    ]);
    expect(config.webhooks).toMatchObject([{ name: "pager", timeout: 2_000, attempts: 8, allowPrivate: false }]);
  });

  it.each<[string, string, string]>([
    ["a critical bound on the wrong side", "levels: [{ metric: success_rate, warning: 0.9, critical: 0.95 }]", "slaMonitor.levels.0.critical: expected a value below the warning bound of 0.9"],
    ["bounds that are equal", "levels: [{ metric: latency_p95, warning: 500, critical: 500 }]", "slaMonitor.levels.0.critical: expected a value above the warning bound of 500"],
    ["a share in percent", "levels: [{ metric: availability, warning: 99, critical: 95 }]", "slaMonitor.levels.0.warning: expected a share from 0 to 1"],
    ["an unknown metric", "levels: [{ metric: happiness, warning: 1, critical: 2 }]", "slaMonitor.levels.0.metric: "],
    ["a window in words", "levels: [{ metric: latency_p95, warning: 1, critical: 2, window: long }]", "slaMonitor.levels.0.window: expected milliseconds or a text such as 30s"],
    ["an unknown key", "levels: [{ metric: latency_p95, warning: 1, critical: 2, windw: 5m }]", "slaMonitor.levels.0.windw: there is no such key"],
    ["fixed bounds on the wrong side", "successRateWarning: 0.5", "slaMonitor.successRateCritical: expected a value below the warning bound of 0.5"],
    ["a rule about budgets of targets", "rules: [{ name: a, metric: budget_used, comparison: above, threshold: 0.5, severity: info }]", "slaMonitor.rules.0.each: expected budget"],
    ["two rules of one name", "rules: [&r { name: a, metric: traffic, comparison: below, threshold: 1, severity: info }, *r]", "slaMonitor.rules.1.name: a is there already"],
    ["an unknown severity", "rules: [{ name: a, metric: traffic, comparison: below, threshold: 1, severity: bad }]", "slaMonitor.rules.0.severity: "],
    ["a burn rate over another window", "rules: [{ name: a, each: mesh, metric: burn_rate, comparison: above, threshold: 6, severity: info }]", "slaMonitor.rules.0.window: expected 1h or 6h"],
    ["a webhook without encryption", "webhooks: [{ name: a, url: 'http://example.com', secretEnv: A }]", "slaMonitor.webhooks.0.url: expected https"],
    ["a webhook of this machine", "webhooks: [{ name: a, url: 'https://127.0.0.1/x', secretEnv: A }]", "slaMonitor.webhooks.0.url: expected a public host"],
    ["a webhook of a cloud's inside", "webhooks: [{ name: a, url: 'https://[::ffff:169.254.169.254]/', secretEnv: A }]", "slaMonitor.webhooks.0.url: expected a public host"],
    ["a webhook without a secret", "webhooks: [{ name: a, url: 'https://example.com' }]", "slaMonitor.webhooks.0.secretEnv: expected either secretEnv or secretFile"],
    ["a webhook with a written secret", "webhooks: [{ name: a, url: 'https://example.com', secret: abc }]", "slaMonitor.webhooks.0.secret: there is no such key"],
  ])("stops the start and names the key of %s", (_name, yaml, message) => {
    expect(() => read(yaml)).toThrow(message);
  });

  it("reads secrets of webhooks from the environment or a file, and names the key of one that is missing or wrong", () => {
    const file = join(directory, "secret");
    writeFileSync(file, "whsec_c2VjcmV0LW9mLWEtZmlsZQ==\n");
    const { webhooks } = read(`webhooks: [{ name: a, url: 'https://example.com', secretEnv: HOOK }, { name: b, url: 'https://example.com', secretFile: ${file} }]`);
    expect(readWebhookSecrets(webhooks, { HOOK: "whsec_YWJj" })).toEqual(
      new Map([
        ["a", "whsec_YWJj"],
        ["b", "whsec_c2VjcmV0LW9mLWEtZmlsZQ=="],
      ]),
    );
    expect(() => readWebhookSecrets(webhooks, {})).toThrow("slaMonitor.webhooks.0.secretEnv: HOOK holds no secret");
    const wrong = () => readWebhookSecrets(webhooks, { HOOK: "whsec_not base64!" });
    expect(wrong).toThrow("slaMonitor.webhooks.0.secretEnv: expected a secret of Standard Webhooks");
    expect(wrong).not.toThrow("not base64!");
  });

  it.each(["1.1", "-0.1", "NaN", "most"])("names the variable of a bad value (%s)", (value) => {
    expect(() => readConfig(slaMonitorConfig, { FAIRLEAD_SLA_SUCCESS_RATE_WARNING: value })).toThrow(
      "FAIRLEAD_SLA_SUCCESS_RATE_WARNING",
    );
  });
});
