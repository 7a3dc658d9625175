import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findServer } from "@fairlead/local-mesh/find-server";
import { parse } from "yaml";
import { ROOT } from "./queries.ts";

interface ComposeService {
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
}

const fileOf = (path: string) => fileURLToPath(new URL(path, ROOT));
const read = (path: string) => parse(readFileSync(fileOf(path), "utf8"), { merge: true, maxAliasCount: -1 });

describe("observability on a laptop", () => {
  const { services } = read("deploy/compose.yaml") as { services: Record<string, ComposeService> };
  const scraped = (read("deploy/observability/prometheus.yaml") as { scrape_configs: [{ dns_sd_configs: [{ names: string[] }] }] }).scrape_configs[0].dns_sd_configs[0].names;

  it("is a configuration that Prometheus takes", () => {
    const promtool = findServer("promtool", "prometheus", () => undefined);
    execFileSync(promtool, ["check", "config", "--syntax-only", fileOf("deploy/observability/prometheus.yaml")], { stdio: ["ignore", "ignore", "pipe"] });
  });

  it("scrapes every service and adapter of the stack by its name, and nothing else", () => {
    const parts = Object.keys(services).filter((name) => /^(gateway|router|fallback-manager|load-balancer|cost-optimizer|sla-monitor|adapter-.+)$/.test(name));
    expect(parts.length).toBeGreaterThan(6);
    expect([...scraped].sort()).toEqual(parts.sort());
  });

  it("mounts the files of this folder and those of the chart where they say they are", () => {
    const mounts = [...(services["prometheus"]?.volumes ?? []), ...(services["grafana"]?.volumes ?? [])];
    const { rule_files: rules } = read("deploy/observability/prometheus.yaml") as { rule_files: string[] };
    const [provider] = (read("deploy/observability/grafana/provisioning/dashboards/fairlead.yaml") as { providers: { options: { path: string } }[] }).providers;
    for (const [from, to] of [
      ["./observability/prometheus.yaml", "/etc/prometheus/prometheus.yml"],
      ["../helm/fairlead/files/prometheus/alerts.yaml", rules[0]],
      ["./observability/grafana/provisioning", "/etc/grafana/provisioning"],
      ["../helm/fairlead/files/dashboards", provider?.options.path],
    ]) {
      expect(mounts).toContainEqual(`${from}:${to}:ro`);
    }
  });

  it("has Grafana ask the servers of the stack", () => {
    const { datasources } = read("deploy/observability/grafana/provisioning/datasources/fairlead.yaml") as { datasources: { url: string }[] };
    for (const { url } of datasources) expect(services).toHaveProperty(new URL(url).hostname);
  });
});
