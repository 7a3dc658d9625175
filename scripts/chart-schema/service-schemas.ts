import { existsSync, globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { modelEntry } from "@fairlead/adapter-kit/model-entry";
import type { ConfigDefinition } from "@fairlead/runtime/config";
import type { z } from "zod";
import { type JsonSchema, toSchema } from "./to-schema.ts";

const ROOT = new URL("../../", import.meta.url);

/** Keys that the chart sets itself, by section: values have other places for them. */
const SET_BY_CHART: Readonly<Record<string, readonly string[]>> = {
  gateway: ["httpHost", "httpPort"],
  router: ["aliases", "rules", "rulesFile"],
};

/** The same for all adapters; above all there is no place for a key of an account. */
export const SET_FOR_ADAPTERS = ["apiKey", "apiKeyFile", "baseUrl", "simulated", "modelsFile"];

/** Folders of the services that have an image of their own. */
export const serviceFolders = globSync("services/*/package.json", { cwd: ROOT })
  .map((path) => basename(dirname(path)))
  .filter((name) => name !== "embedded")
  .sort();

/** Sections of the services by their name, from each service's own schema. */
export async function serviceSections(): Promise<Record<string, JsonSchema>> {
  const sections: Record<string, JsonSchema> = {};
  for (const folder of serviceFolders.filter((name) => !name.startsWith("adapter-"))) {
    const definition = await definitionOf(folder);
    if (definition !== undefined) sections[definition.section] = toSchema(definition.schema, SET_BY_CHART[definition.section]);
  }
  return sections;
}

/** What the entry of an adapter may say in `config`. */
export async function adapterSection(folder: string): Promise<JsonSchema> {
  const definition = await definitionOf(folder);
  if (definition === undefined) throw new Error(`services/${folder}/src/config.ts exports no definition of its section`);
  return toSchema(definition.schema, SET_FOR_ADAPTERS);
}

/** What the entry of an adapter may say in `models`, with the traits of its provider's models. */
export async function adapterModels(folder: string): Promise<JsonSchema> {
  const path = `services/${folder}/src/models.ts`;
  const exports = existsSync(new URL(path, ROOT)) ? await exportsOf(path) : [];
  const catalogue = exports.find((one): one is { traits: z.ZodType } => "traits" in one);
  return modelsWith(catalogue?.traits);
}

/** A list of models with such traits. */
export function modelsWith(traits: z.ZodType | undefined): JsonSchema {
  const model = toSchema(modelEntry);
  return { items: { ...model, properties: { ...model.properties, traits: traits === undefined ? {} : toSchema(traits) } } };
}

async function definitionOf(folder: string): Promise<ConfigDefinition<z.ZodObject> | undefined> {
  const exports = await exportsOf(`services/${folder}/src/config.ts`);
  return exports.find((one): one is ConfigDefinition<z.ZodObject> => "section" in one && "schema" in one);
}

async function exportsOf(path: string): Promise<object[]> {
  const module = (await import(new URL(path, ROOT).href)) as Record<string, unknown>;
  return Object.values(module).filter((one) => typeof one === "object" && one !== null);
}
