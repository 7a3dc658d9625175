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
  /** Keys that may hold a secret: instead of their variable, the one with _FILE behind it may name a file that holds the value. */
  readonly secrets?: readonly (keyof z.infer<S> & string)[];
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
 * Reads a part of the configuration. What is left empty counts as not set.
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
    const given = definition.secrets?.includes(key) ? givenOrInFile(environment, variable) : { variable, value: environment[variable] };
    if (isEmpty(given.value)) continue;
    fromEnvironment[key] = given.value as string;
    variables.set(key, given.variable);
  }
  const result = definition.schema.safeParse({ ...fromFile, ...fromEnvironment });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys : [];
    if (unknown.length > 0) return unknown.map((key) => `${[definition.section, ...issue.path, key].join(".")}: there is no such key`);
    const variable = variables.get(String(issue.path[0]));
    const place = variable === undefined ? [definition.section, ...issue.path] : [variable, ...issue.path.slice(1)];
    return [`${place.join(".")}: ${issue.message}`];
  });
  throw new ConfigError(`Configuration: ${problems.join("; ")}`);
}

/** The value of a variable, or of the file that its companion names; spaces around the latter do not count. */
function givenOrInFile(environment: Readonly<Record<string, string | undefined>>, variable: string): { variable: string; value: string | undefined } {
  const companion = `${variable}_FILE`;
  const file = environment[companion];
  if (file === undefined || isEmpty(file)) return { variable, value: environment[variable] };
  if (!isEmpty(environment[variable])) throw new ConfigError(`Configuration: ${companion}: ${variable} is set as well; set one of them`);
  const value = readText(companion, file).trim();
  if (value === "") throw new ConfigError(`Configuration: ${companion}: ${file} is empty`);
  return { variable: companion, value };
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`Configuration: ${variable}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
  }
}

function readSection(file: string | undefined, section: string): Record<string, unknown> {
  if (file === undefined || isEmpty(file)) return {};
  const document = readDocument(file);
  const value = document[section];
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new ConfigError(`Configuration: ${section}: expected a map in ${file}`);
  // A key without a value, such as "port:", is one that is not set; coercion would make 0 of it.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => !isEmpty(one)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

function readDocument(file: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = parse(readFileSync(file, "utf8"));
  } catch (error) {
    // The first line names the place; the parser's others quote the file, which may hold secrets.
    const reason = error instanceof Error ? error.message.split("\n")[0] : "unknown";
    throw new ConfigError(`${FILE_VARIABLE}: cannot read ${file}: ${reason}`);
  }
  if (document === null || document === undefined) return {};
  if (!isRecord(document)) throw new ConfigError(`${FILE_VARIABLE}: expected a map at the top of ${file}`);
  return document;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
