import type { Environment } from "@fairlead/adapter-kit/adapter-program";
import { ConfigError, readConfig } from "@fairlead/runtime/config";
import { compatibleConfig } from "./config.ts";
import { presetNames, readPreset } from "./presets.ts";
import type { ServerEntry } from "./server-settings.ts";
import { resolveServer, type Server } from "./server.ts";

const GENERIC = "generic";

/**
 * The servers that can be configured: those that are, and one for each other preset.
 *
 * @throws ConfigError that names a wrong key
 */
export function findServers(environment: Environment): readonly Server[] {
  const { providers } = readConfig(compatibleConfig, environment);
  const configured = providers.map((entry, index) => resolveServer(readPreset(presetOf(entry, index)), entry));
  const taken = new Set(configured.map(({ provider }) => provider));
  const others = presetNames().filter((name) => name !== GENERIC && !taken.has(name));
  return [...configured, ...others.map((name) => resolveServer(readPreset(name)))];
}

/** Whether an address is known, which a preset alone may not have. */
export function hasAddress({ baseUrl, variables }: Server, environment: Environment): boolean {
  return baseUrl !== undefined || (environment[variables.baseUrl] ?? "") !== "";
}

function presetOf({ provider, preset }: ServerEntry, index: number): string {
  const names = presetNames();
  if (preset === undefined) return names.includes(provider) ? provider : GENERIC;
  if (names.includes(preset)) return preset;
  throw new ConfigError(
    `Configuration: ${compatibleConfig.section}.providers.${index}.preset: there is no preset ${preset}; known are ${names.join(", ")}`,
  );
}
