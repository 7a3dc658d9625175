import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached, cacheFolder } from "./cache-folder.ts";
import type { GoToolPin, ModulePin } from "./read-pins.ts";

const MODULES = fileURLToPath(new URL("modules/", import.meta.url));

/**
 * Builds programs of one module, all in one run of the compiler so that what they share is compiled once, and keeps each in the cache.
 *
 * @param tools the programs by name
 * @returns path of each binary by name
 * @throws Error when Go is missing or a build fails; the compiler's words go to standard error
 */
export function buildGoTools(module: string, pin: ModulePin, tools: ReadonlyMap<string, GoToolPin>): Map<string, string> {
  const paths = new Map([...tools].map(([name, tool]) => [name, join(cacheFolder(), folderName(name, module, pin, tool), name)]));
  const missing = [...tools].filter(([name]) => !existsSync(paths.get(name) ?? ""));
  if (missing.length === 0) return paths;
  const output = mkdtempSync(join(tmpdir(), "fairlead-build-"));
  try {
    process.stderr.write(`building ${missing.map(([name]) => name).join(", ")}\n`);
    build(module, pin, missing.map(([, tool]) => tool.package), output);
    for (const [name, tool] of missing) keep(join(output, binaryName(tool.package)), folderName(name, module, pin, tool), name);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
  return paths;
}

function keep(binary: string, folder: string, name: string): void {
  cached(folder, (draft) => execFileSync("cp", [binary, join(draft, name)]));
}

function build(module: string, pin: ModulePin, packages: readonly string[], output: string): void {
  const stamps = Object.entries(pin.stamps).map(([variable, value]) => `-X ${variable}=${value}`);
  const flags = ["-mod=readonly", "-buildvcs=false", `-tags=${pin.tags.join(",")}`, `-ldflags=${["-s", "-w", ...stamps].join(" ")}`];
  if (pin.trimPath) flags.push("-trimpath");
  execFileSync("go", ["build", ...flags, "-o", `${output}/`, ...packages], {
    cwd: join(MODULES, module),
    // go.sum names every hash, so that nobody needs to be asked; no C compiler is needed either.
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOSUMDB: "off", GOWORK: "off" },
    stdio: ["ignore", 2, 2],
  });
}

/** `helm-v3.22.0-1a2b3c4d`: a change of anything it is built from or with gives another folder. */
function folderName(name: string, module: string, pin: ModulePin, tool: GoToolPin): string {
  const [requirements = "", sums] = ["go.mod", "go.sum"].map((file) => readFileSync(join(MODULES, module, file), "utf8"));
  const digest = createHash("sha256").update(JSON.stringify([requirements, sums, pin, tool])).digest("hex");
  return `${name}-${versionOf(tool.package, requirements)}-${digest.slice(0, 8)}`;
}

function versionOf(path: string, requirements: string): string {
  const required = [...requirements.matchAll(/^(?:require )?\s*(\S+) (v\S+)/gm)].map(([, module = "", version = ""]) => ({ module, version }));
  const holders = required.filter(({ module }) => path === module || path.startsWith(`${module}/`));
  const holder = holders.sort((one, other) => other.module.length - one.module.length)[0];
  if (holder === undefined) throw new Error(`no module of ${path} is required`);
  return holder.version;
}

/** What `go build` calls the binary: the last part of the path that is not a major version. */
function binaryName(path: string): string {
  return path.split("/").findLast((part) => !/^v\d+$/.test(part)) ?? path;
}
