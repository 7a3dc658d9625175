import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Bus } from "@fairlead/bus/bus";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { Registry } from "prom-client";
import { z } from "zod";
import type { DeploymentConfig } from "./deployment-config.ts";
import { createAdapterService } from "./create-adapter-service.ts";
import { openOffer } from "./offer.ts";
import type { Provider } from "./serve-provider.ts";
import { testDependencies } from "./testing/adapter-client.ts";

const model = {
  model: "m",
  kind: "chat",
  tier: "balanced",
  capabilities: [],
  context_window_tokens: 1000,
  max_output_tokens: 100,
  strengths: { overall: 0.5 },
  typical_first_token_ms: 1,
  typical_tokens_per_second: 1,
  prices: [{ input: "1", output: "2" }],
};
const identity = { provider: "p", telemetryName: "p", simulated: true, dialects: [] };

describe("an adapter whose models file changes", () => {
  let folder: string;
  let stop: (() => Promise<void>) | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "catalogue-"));
    writeFileSync(join(folder, "models.yaml"), JSON.stringify({ models: [model] }));
  });

  afterEach(async () => {
    await stop?.();
    stop = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  function start(file: string, deployments: DeploymentConfig[] = []) {
    const told: string[][] = [];
    const problems: string[] = [];
    const bus: Pick<Bus, "publish" | "subscribe"> = {
      publish: (_subject, event: Event) => {
        const { fact } = event;
        if (fact.case === "adapterAnnounced") told.push((fact.value.description?.models ?? []).map((one) => `${one.model} ${one.prices[0]?.input}`));
      },
      subscribe: () => ({ close: async () => undefined }),
    };
    const metrics = new Registry();
    const { tools } = testDependencies();
    const logger = Object.assign(Object.create(tools.logger), { error: (facts: { problem: string }) => void problems.push(facts.problem) });
    const catalogue = { builtIn: pathToFileURL(join(folder, "models.yaml")), file, traits: z.strictObject({}).default({}) };
    const offer = openOffer({ identity, catalogue, deployments, instance: "i" }, { logger, metrics });
    const adapter = createAdapterService({ offer } as unknown as Provider, { tools: { ...tools, metrics }, bus, instance: "i" }, async () => undefined);
    adapter.listening?.("127.0.0.1:1");
    stop = () => adapter.close();
    return { told, problems, metrics, adapter };
  }

  /** Waits until a condition holds, a second at most: that is how soon a change must be known. */
  async function within(condition: () => boolean | Promise<boolean>): Promise<void> {
    const until = performance.now() + 1_000;
    while (!(await condition()) && performance.now() < until) await sleep(5);
    expect(await condition()).toBe(true);
  }

  const put = (file: string, ...models: unknown[]) => writeFileSync(file, JSON.stringify({ models }));
  const reloads = async (metrics: Registry, outcome: string) =>
    (await metrics.metrics()).includes(`fairlead_catalogue_reload_total{provider="p",outcome="${outcome}"} 1`);

  it("announces the change within a second, with the address it is reached at", async () => {
    const file = join(folder, "changes.yaml");
    put(file, { model: "m", prices: [{ input: "3", output: "4" }] });
    const { told, metrics, adapter } = start(file);
    expect(told[0]).toEqual(["m 3000000000"]);
    put(file, { ...model, model: "n" });
    await within(() => told.at(-1)?.join() === "m 1000000000,n 1000000000");
    expect(adapter.description.address).toBe("127.0.0.1:1");
    await within(() => reloads(metrics, "loaded"));
  });

  it("takes up a file that comes later, and lets go of one that goes", async () => {
    const file = join(folder, "changes.yaml");
    const { told } = start(file);
    put(file, { ...model, model: "n" });
    await within(() => told.at(-1)?.length === 2);
    rmSync(file);
    await within(() => told.at(-1)?.length === 1);
  });

  it("follows the swap of a mounted ConfigMap", async () => {
    const mount = (version: number) => {
      mkdirSync(join(folder, `..v${version}`));
      put(join(folder, `..v${version}`, "changes.yaml"), { ...model, model: `n${version}` });
      symlinkSync(`..v${version}`, join(folder, "..data_tmp"));
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    mount(1);
    symlinkSync("..data/changes.yaml", join(folder, "changes.yaml"));
    const { told } = start(join(folder, "changes.yaml"));
    mount(2);
    await within(() => told.at(-1)?.[1]?.startsWith("n2") === true);
  });

  it("keeps what held where the change is broken, says where, and counts it", async () => {
    const file = join(folder, "changes.yaml");
    put(file, { ...model, model: "n" });
    const { told, problems, metrics } = start(file);
    put(file, { ...model, model: "n", tier: "best" });
    await within(() => reloads(metrics, "broken"));
    expect(problems[0]).toContain(`${file}: models.0.tier: Invalid option: expected one of`);
    expect(told.every((models) => models.length === 2)).toBe(true);
    put(file, { ...model, model: "o" });
    await within(() => told.at(-1)?.[1]?.startsWith("o") === true);
  });

  it("does not start with a broken file, and says where it is broken", () => {
    const file = join(folder, "changes.yaml");
    put(file, { model: "m", prices: [{ input: "0", output: "0" }] });
    expect(() => start(file)).toThrow("models.0.prices.0.input: a price of 0 must say free: true");
  });

  it("counts the models that have no price", async () => {
    const file = join(folder, "changes.yaml");
    put(file, { model: "m", prices: [] });
    const { told, metrics } = start(file);
    expect(told[0]).toEqual(["m undefined"]);
    expect(await metrics.metrics()).toContain('fairlead_catalogue_unpriced_models{provider="p"} 1');
  });

  it("announces models where they are deployed, and no model that is deployed nowhere", () => {
    put(join(folder, "changes.yaml"), { ...model, model: "n" }, { ...model, model: "nowhere" });
    const place = { region: "", weight: 1, apiKey: undefined };
    const { adapter } = start(join(folder, "changes.yaml"), [
      { ...place, name: "eu", region: "eu-west-1", weight: 3, models: ["m", "n"], requestsPerMinute: 60, quotaAccount: "acme" },
      { ...place, name: "us", models: ["m"] },
    ]);
    expect(adapter.description.models.map((one) => [one.model, one.deployments.map(({ deployment }) => deployment)])).toEqual([
      ["m", ["eu", "us"]],
      ["n", ["eu"]],
    ]);
    const eu = { deployment: "eu", region: "eu-west-1", weight: 3, limits: { requestsPerMinute: 60, tokensPerMinute: 0n, quotaAccount: "acme" } };
    expect(adapter.description.models[0]?.deployments[0]).toMatchObject(eu);
    expect(adapter.description.models[0]?.deployments[1]?.limits).toBeUndefined();
  });

  it("does not start where a deployment names a model that is not there", () => {
    const deployment = { name: "eu", region: "", weight: 1, apiKey: undefined, models: ["x"] };
    expect(() => start("", [deployment])).toThrow("deployment eu of p: models: there is no model x");
  });
});
