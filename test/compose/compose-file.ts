import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A container of the file, as far as tests look at it. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly args: { readonly SERVICE: string } };
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly command?: readonly string[];
  readonly healthcheck?: unknown;
  readonly secrets?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
}

/** The file of the local stack. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

/** The folder that paths in the file start from. */
export const COMPOSE_FOLDER = new URL("../../deploy/", import.meta.url).pathname;

/** Reads the file, with its anchors and merges resolved; it is our own, so any number of them. */
export function readCompose(): ComposeFile {
  return parse(readFileSync(`${COMPOSE_FOLDER}compose.yaml`, "utf8"), { merge: true, maxAliasCount: -1 }) as ComposeFile;
}

/** Networks that a container is on. */
export function networksOf({ networks }: ComposeService): string[] {
  return Array.isArray(networks) ? [...(networks as string[])] : Object.keys(networks);
}

/** Names by which a container is found on a network. */
export function namesOf(name: string, { networks }: ComposeService, network: string): string[] {
  return [name, ...(Array.isArray(networks) ? [] : ((networks as Record<string, { aliases?: string[] } | null>)[network]?.aliases ?? []))];
}
