import { readdirSync, readFileSync } from "node:fs";
import { ConfigError } from "@fairlead/runtime/config";
import { parse } from "yaml";
import { type PresetData, presetData } from "./server-settings.ts";

const FOLDER = new URL("../presets/", import.meta.url);

/** What is known of a kind of server. */
export interface Preset extends PresetData {
  readonly id: string;
  /** File of its models. */
  readonly models: URL;
}

/** Names of all presets: every folder in `presets`. */
export function presetNames(): readonly string[] {
  return readdirSync(FOLDER).sort();
}

/**
 * Reads a preset.
 *
 * @throws ConfigError that names the file and the key in it
 */
export function readPreset(id: string): Preset {
  const folder = new URL(`${id}/`, FOLDER);
  const result = presetData.safeParse(parse(readFileSync(new URL("preset.yaml", folder), "utf8")));
  if (result.success) return { ...result.data, id, models: new URL("models.yaml", folder) };
  const [issue] = result.error.issues;
  throw new ConfigError(
    `Configuration: presets/${id}/preset.yaml: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
  );
}
