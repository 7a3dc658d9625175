import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { copyBuildContext } from "./image/build-context.ts";
import { argumentOf, lastOf, readDockerfile, variablesOf, wordsOf } from "./image/dockerfile.ts";
import { filesOf } from "./image/tree-files.ts";
import { definitionsOf, simulatorReads, variablesOfDefinitions } from "./support/service-definitions.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const file = readDockerfile();
const image = variablesOf(file, "service");

describe("the Dockerfile", () => {
  it("pins the Node that everything is tested with, and a pnpm of the workspace's major version", () => {
    expect(argumentOf(file, "NODE_VERSION")).toBe(parse(read("pnpm-workspace.yaml")).catalog.node);
    expect(argumentOf(file, "PNPM_VERSION")).toMatch(/^12\.\d+\.\d+$/);
    expect(file.getFROMs()[0]?.getImage()).toBe("node:${NODE_VERSION}-trixie-slim${NODE_DIGEST}");
  });

  it("runs as the user that the chart runs it as, which is not root", () => {
    const { runAsUser, runAsGroup } = parse(read("helm/fairlead/values.yaml")).defaults.podSecurityContext;
    for (const stage of ["service", "dev"]) expect(lastOf(file, stage, "USER")).toBe(`${runAsUser}:${runAsGroup}`);
    expect(runAsUser).toBeGreaterThan(0);
  });

  it("is started and stopped by a first process that passes signals on", () => {
    for (const stage of ["service", "dev"]) {
      expect(wordsOf(file, stage, "ENTRYPOINT")).toEqual(["/usr/local/bin/tini", "--", "node"]);
      expect(lastOf(file, stage, "STOPSIGNAL")).toBe("SIGTERM");
    }
  });

  it("sets only variables that a service reads, and exposes the ports that they say", async () => {
    const known = variablesOfDefinitions(await definitionsOf("gateway", {}));
    const own = Object.keys(image).filter((variable) => variable.startsWith("FAIRLEAD_"));
    expect(own.filter((variable) => !known.has(variable) && !simulatorReads(variable))).toEqual([]);
    const ports = own.filter((variable) => variable.endsWith("_PORT")).map((variable) => image[variable]);
    expect(lastOf(file, "service", "EXPOSE").split(" ").sort()).toEqual(ports.sort());
    expect(image["NODE_ENV"]).toBe("production");
    expect(image).not.toHaveProperty("NODE_OPTIONS");
  });

  it("is sent sources and nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "fairlead-context-"));
    try {
      copyBuildContext(folder);
      const paths = filesOf(folder);
      expect(paths).toEqual(expect.arrayContaining(["package.json", "pnpm-lock.yaml", "services/router/src/main.ts", "services/adapter-openai/src/models.yaml", "deploy/docker/probe.js"]));
      expect(paths.filter((path) => !/^(package\.json|pnpm-[a-z]+\.yaml|(libs|services|deploy\/docker)\/.*|(eval|deploy\/[a-z-]+)\/package\.json)$/.test(path))).toEqual([]);
      expect(paths.filter((path) => /\.test\.ts$|\.env$|\.(pem|key)$|node_modules/.test(path))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
