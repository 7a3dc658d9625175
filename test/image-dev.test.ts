import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@fairlead/local-mesh/free-port";
import { prepareBuild } from "./image/build-trees.ts";
import { readDockerfile, variablesOf, wordsOf } from "./image/dockerfile.ts";
import { runTree, type TreeProcess } from "./image/run-tree.ts";
import { until } from "./support/until.ts";

const MINUTES = 60_000;

describe("the image for the loop", () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-image-dev-"));

  const running: TreeProcess[] = [];

  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it("starts anew when a source of a library is copied in as Skaffold does, and ends on SIGTERM", async () => {
    chmodSync(folder, 0o755);
    const { workspace, shell } = await prepareBuild("sources", folder);
    await shell({ SERVICE: "gateway" });
    const [httpPort, ...ports] = await freePorts(4);
    const file = readDockerfile();
    const named = Object.fromEntries(["GRPC", "HEALTH", "ADMIN"].map((name, index) => [`FAIRLEAD_${name}_PORT`, String(ports[index])]));
    const environment = { ...variablesOf(file, "dev"), ...named, FAIRLEAD_HTTP_PORT: String(httpPort) };
    const gateway = runTree("gateway", join(workspace, "services/gateway"), wordsOf(file, "dev", "CMD"), environment);
    const says = (message: string) =>
      until(`the gateway says "${message}"`, () => gateway.log().includes(`"msg":"${message}"`), MINUTES).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${gateway.log()}`);
      });
    running.push(gateway);
    await says("started");

    const changed = join(folder, "changed");
    const source = "libs/runtime/src/run-service.ts";
    cpSync(join(workspace, source), join(changed, source));
    writeFileSync(join(changed, source), readFileSync(join(changed, source), "utf8").replace('"started"', '"started anew"'));
    const archive = execFileSync("tar", ["cf", "-", "-C", changed, source]);
    execFileSync("tar", ["xmf", "-", "-C", workspace, "--no-same-owner"], { input: archive });
    await says("started anew");
    expect(gateway.log()).toContain('"msg":"stopped"');
    await gateway.stop();
    expect(gateway.log().match(/"msg":"stopped"/g)).toHaveLength(2);
  }, 5 * MINUTES);
});
