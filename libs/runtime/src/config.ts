import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { z } from "zod";

/** Where a part of the configuration comes from: defaults of the schema, then YAML, then the environment. */
export interface ConfigDefinition<S extends z.ZodObject> {
  /** Key at the top of the YAML file. */
  readonly section: string;
  readonly schema: S;
  /** Environment variable to key. */
  readonly environment: Readonly<Record<string, keyof z.infer<S> & string>>;
}

/** Holds a definition's variables against its keys. */
export function defineConfig<S extends z.ZodObject>(definition: ConfigDefinition<S>): ConfigDefinition<S> {
  return definition;
}

/** A value that stops the start. Its message names the key. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}

/** Variable that names the YAML file. */
const FILE_VARIABLE = "FAIRLEAD_CONFIG";

/**
 * Reads a part of the configuration.
 *
 * @throws ConfigError that names the environment variable or the path in the file
 */
export function readConfig<S extends z.ZodObject>(
  definition: ConfigDefinition<S>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<S> {
  const fromFile = readSection(environment[FILE_VARIABLE], definition.section);
  const fromEnvironment: Record<string, string> = {};
  const variables = new Map<string, string>();
  for (const [variable, key] of Object.entries(definition.environment)) {
    const value = environment[variable];
    if (value === undefined || value === "") continue;
    fromEnvironment[key] = value;
    variables.set(key, variable);
  }
  const result = definition.schema.safeParse({ ...fromFile, ...fromEnvironment });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const variable = variables.get(String(path[0]));
    const key = variable ?? [definition.section, ...path].join(".");
    return `${key}: ${message}`;
  });
  throw new ConfigError(`Configuration: ${problems.join("; ")}`);
}

function readSection(file: string | undefined, section: string): Record<string, unknown> {
  if (file === undefined || file === "") return {};
  const document = readDocument(file);
  const value = document[section];
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new ConfigError(`Configuration: ${section}: expected a map in ${file}`);
  return value;
}

function readDocument(file: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError(`${FILE_VARIABLE}: cannot read ${file}: ${error instanceof Error ? error.message : "unknown"}`);
  }
  if (document === null) return {};
  if (!isRecord(document)) throw new ConfigError(`${FILE_VARIABLE}: expected a map at the top of ${file}`);
  return document;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
