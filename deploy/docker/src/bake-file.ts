import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** How images are called. */
export interface BakeSettings {
  /** Registry and folder, without a slash at the end. Empty: images stay on this machine. */
  readonly registry: string;
  readonly version: string;
  /** Commit that the images are made of. */
  readonly revision: string;
}

/** One image, as `docker buildx bake` reads it. */
export interface BakeTarget {
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

/** A file for `docker buildx bake`. */
export interface BakeFile {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, BakeTarget>>;
}

/** One process for a laptop; it finds its adapters as sources beside it, and images have none. */
const NO_IMAGE = "embedded";

/** The folders below services/ of which images are made: all that are programs. There is no list to keep. */
export function imageServices(workspace: string): string[] {
  const services = join(workspace, "services");
  return readdirSync(services)
    .filter((name) => name !== NO_IMAGE && existsSync(join(services, name, "src/main.ts")))
    .sort();
}

/** What builds the images of all services. */
export function bakeFile(workspace: string, { registry, version, revision }: BakeSettings): BakeFile {
  const services = imageServices(workspace);
  const prefix = registry === "" ? "" : `${registry}/`;
  const targetOf = (service: string): BakeTarget => ({
    context: ".",
    dockerfile: "deploy/docker/Dockerfile",
    args: { SERVICE: service, VERSION: version, REVISION: revision, ...healthArgs(service) },
    tags: [`${prefix}fairlead-${service}:${version}`],
  });
  return { group: { default: { targets: services } }, target: Object.fromEntries(services.map((service) => [service, targetOf(service)])) };
}

/** The simulator is no service of the mesh and has no port for metrics and health. */
function healthArgs(service: string): Record<string, string> {
  return service === "provider-simulator" ? { HEALTH_URL: "http://127.0.0.1:8090/control/stats" } : {};
}
