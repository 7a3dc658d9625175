import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { rulesFileSchema } from "../services/router/src/routing-rules-config.ts";
import { compatibleModels, compatibleSection, compatibleServer } from "./chart-schema/compatible-servers.ts";
import { adapterModels, adapterSection, serviceFolders, serviceSections } from "./chart-schema/service-schemas.ts";
import { type JsonSchema, toSchema } from "./chart-schema/to-schema.ts";

const CHART = new URL("../helm/fairlead/", import.meta.url);
const TARGET = new URL("values.schema.json", CHART);
const COMPATIBLE = "adapter-openai-compatible";

/**
 * The chart's schema of values: what is written by hand in its folder `schema`, with the services' sections of the configuration from
 * their own schemas, so that the chart refuses what a service would refuse.
 *
 * @returns text of values.schema.json; the same for the same sources
 */
export async function chartSchema(): Promise<string> {
  const written = readYaml("schema/values.yaml") as { properties: JsonSchema; definitions: Record<string, JsonSchema> };
  const definitions = { ...(readYaml("schema/kubernetes.yaml") as Record<string, JsonSchema>), ...written.definitions };
  for (const [section, schema] of Object.entries(await serviceSections())) definitions[`${section}Config`] = schema;
  definitions["routingRules"] = toSchema(rulesFileSchema);
  definitions["compatibleServer"] = compatibleServer();
  definitions["adapter"] = await adapterEntry(definitions["adapter"] ?? {});
  const properties = { ...written.properties, image: imageOf(written.properties["image"] as JsonSchema) };
  return `${JSON.stringify({ ...written, properties, definitions }, undefined, 1)}\n`;
}

/** The entry of an adapter, whose `config`, `models` and `server` follow from its service. */
async function adapterEntry(entry: JsonSchema): Promise<JsonSchema> {
  const folders = serviceFolders.filter((name) => name.startsWith("adapter-"));
  const cases: JsonSchema[] = [];
  for (const folder of folders) {
    const compatible = folder === COMPATIBLE;
    const config = compatible ? compatibleSection() : await adapterSection(folder);
    const models = compatible ? compatibleModels() : await adapterModels(folder);
    const then = { properties: { config, models, ...(compatible ? {} : { server: false }) } };
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    cases.push({ if: { properties: { service: { const: folder } }, required: ["service"] }, then } as JsonSchema);
  }
  return { ...entry, properties: { ...entry.properties, service: { enum: folders } }, allOf: cases };
}

/** Images by service, for the services there are. */
function imageOf(image: JsonSchema): JsonSchema {
  const byService = image.properties?.["byService"] as JsonSchema;
  const one = byService.properties?.["$services"] as JsonSchema;
  return { ...image, properties: { ...image.properties, byService: { ...byService, properties: Object.fromEntries(serviceFolders.map((name) => [name, one])) } } };
}

function readYaml(path: string): unknown {
  return parse(readFileSync(new URL(path, CHART), "utf8"), { merge: true, maxAliasCount: -1 });
}

if (import.meta.main) {
  const text = await chartSchema();
  const stale = readFileSync(TARGET, { encoding: "utf8", flag: "a+" }) !== text;
  if (process.argv.includes("--check")) {
    process.stdout.write(stale ? "values.schema.json is not what the services' schemas make; run scripts/generate-chart-schema.ts\n" : "values.schema.json: up to date\n");
    process.exitCode = stale ? 1 : 0;
  } else {
    writeFileSync(TARGET, text);
    process.stdout.write(`values.schema.json: ${stale ? "written" : "unchanged"}, ${text.length} bytes\n`);
  }
}
