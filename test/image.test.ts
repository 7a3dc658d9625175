import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServer } from "@fairlead/local-mesh/find-server";
import { natsProcess, redisProcess } from "@fairlead/local-mesh/plan-servers";
import { Supervised } from "@fairlead/local-mesh/supervisor";
import { untilReady } from "@fairlead/local-mesh/until-ready";
import { buildTrees, copyFiles } from "./image/build-trees.ts";
import { readDockerfile, variablesOf, wordsOf } from "./image/dockerfile.ts";
import { type ContainerPlan, planContainers } from "./image/plan-containers.ts";
import { productionPackages } from "./image/production-packages.ts";
import { runTree, type TreeProcess, unprivileged } from "./image/run-tree.ts";
import { filesOf, ownFiles, packagesOf, sizeOf } from "./image/tree-files.ts";
import { chat, send } from "./support/http.ts";
import { until } from "./support/until.ts";

const WORKSPACE = new URL("../", import.meta.url).pathname;
const MINUTES = 60_000;

describe("the trees that images are made of", () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-image-"));
  const treeOf = (service: string) => join(folder, service);
  const trees = new Map<string, readonly string[]>();
  let plan: ContainerPlan;

  beforeAll(async () => {
    plan = await planContainers();
    const services = [...new Set(plan.containers.map(({ service }) => service))];
    chmodSync(folder, 0o755);
    await buildTrees(services, folder);
    for (const service of services) {
      const paths = filesOf(treeOf(service));
      trees.set(service, paths);
      process.stdout.write(`image tree of ${service}: ${(sizeOf(treeOf(service), paths) / 2 ** 20).toFixed(1)} MiB\n`);
    }
  }, 5 * MINUTES);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("hold no TypeScript, no test and no note of the package manager", () => {
    for (const paths of trees.values()) {
      expect(paths.filter((path) => /\.([mc]?ts|map|tsbuildinfo)$/.test(path))).toEqual([]);
      expect(paths.filter((path) => /(^|\/)(pnpm-|\.modules\.yaml$|\.pnpm|\.bin\/)/.test(path))).toEqual([]);
      const own = ownFiles(paths);
      expect(own).toContain("src/main.js");
      expect(own.filter((path) => /\.test\.|(^|\/)(test|testing)\//.test(path))).toEqual([]);
    }
  });

  it("hold what their services have in production by the lock file, and no more", () => {
    for (const [service, paths] of trees) {
      const wanted = productionPackages(`services/${service}`);
      const found = [...packagesOf(paths)];
      expect(found.filter((name) => !wanted.has(name))).toEqual([]);
      expect(found).not.toContain("@fairlead/provider-simulator");
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it("keep the data that is read beside the code", () => {
    expect(trees.get("adapter-openai")).toContain("src/models.yaml");
    expect(trees.get("adapter-openai-compatible")?.filter((path) => path.startsWith("presets/mistral/"))).not.toEqual([]);
  });

  it("name the line of the source in a stack trace", () => {
    const source = readFileSync(join(WORKSPACE, "libs/runtime/src/config.ts"), "utf8").split("\n");
    const code = "import('@fairlead/runtime/config').then(({ readConfig }) => readConfig({ schema: { safeParse() { throw new Error() } }, environment: {} }, {})).catch(({ stack }) => console.log(stack))";
    const stack = execFileSync(process.execPath, ["-e", code], { cwd: treeOf("router"), encoding: "utf8" });
    const [, line = "", column = ""] = /runtime\/src\/config\.js:(\d+):(\d+)/.exec(stack) ?? [];
    expect(source[Number(line) - 1]?.slice(Number(column) - 1)).toMatch(/^safeParse\(/);
  });

  describe("run as another user in folders that it cannot write to", () => {
    const servers: Supervised[] = [];
    const running: TreeProcess[] = [];
    const data = join(folder, "servers");
    const readOnly = join(folder, "read-only");

    beforeAll(async () => {
      mkdirSync(data);
      mkdirSync(readOnly, { mode: 0o755 });
      const silent = () => undefined;
      const nats = natsProcess(findServer("nats-server", "nats-server", silent), plan.natsPort, data);
      const redis = redisProcess(findServer("redis-server", "redis-server", silent), plan.redisPort, data);
      servers.push(...[nats, redis].map((server) => new Supervised(server, data, silent)));
      const file = readDockerfile();
      const image = variablesOf(file, "service");
      for (const { name, service, environment } of plan.containers)
        running.push(runTree(name, treeOf(service), wordsOf(file, "service", "CMD"), { ...image, TMPDIR: readOnly, ...environment }));
      await Promise.all(plan.containers.map(({ readyUrl, name }, index) => readyOrEnded(readyUrl, name, running[index] as TreeProcess)));
    }, 2 * MINUTES);

    afterAll(async () => {
      for (const one of running) void one.stop();
      await Promise.all(servers.map((one) => one.stop()));
    });

    it("cannot be changed by that user", () => {
      const [command, ...words] = unprivileged(["find", folder, "-path", data, "-prune", "-o", "!", "-type", "l", "-writable", "-print", "-quit"]);
      const root = process.getuid?.() === 0;
      expect({ root, writable: root ? execFileSync(command, words, { encoding: "utf8" }) : "" }).toEqual({ root, writable: "" });
    });

    it("answer a chat through the whole mesh, by each adapter", async () => {
      const served = await until("both providers are offered", async () => {
        const { body } = await send("GET", `${plan.httpUrl}/v1/models`);
        const ids = ((body?.data ?? []) as { id: string }[]).map(({ id }) => id);
        const models = ["openai/", "mistral/"].map((provider) => ids.find((id) => id.startsWith(provider)));
        return models.every((model) => model !== undefined) && models;
      });
      for (const model of ["auto", ...served]) {
        const { status, body } = await send("POST", `${plan.httpUrl}/v1/chat/completions`, chat("Say hello.", { model }));
        expect({ status, text: typeof body.choices?.[0]?.message?.content }).toEqual({ status: 200, text: "string" });
      }
    }, MINUTES);

    it("are seen as healthy by the images' check, and what is not there is not", () => {
      const [probe = ""] = copyFiles("service", folder);
      const words = wordsOf(readDockerfile(), "service", "HEALTHCHECK");
      expect(words).toEqual(["node", probe.slice(folder.length)]);
      const check = (url: string) => spawnSync(process.execPath, [probe], { env: { HEALTH_URL: url } }).status;
      expect(plan.containers.map(({ healthUrl }) => check(healthUrl))).toEqual(plan.containers.map(() => 0));
      expect(check("http://127.0.0.1:1/livez")).toBe(1);
    });

    it("end with status 0 on SIGTERM", async () => {
      for (const one of running.toReversed()) {
        const end = await one.stop();
        expect({ name: one.name, ...end, log: end.code === 0 ? "" : one.log() }).toEqual({ name: one.name, code: 0, signal: null, log: "" });
      }
    }, MINUTES);
  });
});

async function readyOrEnded(url: string, name: string, one: TreeProcess): Promise<void> {
  const ended = one.ended.then(({ code, signal }) => Promise.reject(new Error(`${name} ended with ${signal ?? code}:\n${one.log()}`)));
  await Promise.race([untilReady(url, name, MINUTES), ended]);
}
