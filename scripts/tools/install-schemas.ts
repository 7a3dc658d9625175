import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { cached } from "./cache-folder.ts";
import { definitionSchemas } from "./definition-schemas.ts";
import type { CustomResourceDefinition } from "./definition-schemas.ts";
import { filesOf } from "./fetch-module.ts";
import type { KindSchema } from "./json-schema.ts";
import { kubernetesSchemas } from "./kubernetes-schemas.ts";
import { readPins } from "./read-pins.ts";
import type { Pins } from "./read-pins.ts";

/** Where the schemas of all kinds that the chart may use are. */
export interface Schemas {
  /** For kubeconform's `-schema-location`. */
  readonly location: string;
  /** Folder of the CustomResourceDefinitions, a file for each. */
  readonly definitions: string;
}

const CONVERSION = ["json-schema.ts", "kubernetes-schemas.ts", "definition-schemas.ts", "install-schemas.ts"];

/**
 * Makes sure that the schemas of tools.yaml are in the cache.
 *
 * @throws Error when a module cannot be had or is not the pinned one
 */
export function installSchemas(): Schemas {
  const { schemas } = readPins();
  const conversion = CONVERSION.map((file) => readFileSync(new URL(file, import.meta.url), "utf8"));
  const digest = createHash("sha256").update(JSON.stringify([schemas, conversion])).digest("hex");
  const folder = cached(`schemas-${schemas.kubernetes.version}-${digest.slice(0, 8)}`, (draft) => write(schemas, draft));
  return { location: `${folder}/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`, definitions: join(folder, "definitions") };
}

function write(schemas: Pins["schemas"], folder: string): void {
  process.stderr.write("making schemas\n");
  for (const file of filesOf(schemas.kubernetes)) writeSchemas(folder, kubernetesSchemas(JSON.parse(readFileSync(file, "utf8"))));
  mkdirSync(join(folder, "definitions"));
  for (const file of Object.values(schemas.definitions).flatMap(filesOf)) {
    copyFileSync(file, join(folder, "definitions", basename(file)));
    writeSchemas(folder, definitionSchemas(parse(readFileSync(file, "utf8")) as CustomResourceDefinition));
  }
}

function writeSchemas(folder: string, schemas: readonly KindSchema[]): void {
  for (const { group, version, kind, schema } of schemas) {
    mkdirSync(join(folder, group), { recursive: true });
    writeFileSync(join(folder, group, `${kind.toLowerCase()}_${version}.json`), JSON.stringify(schema));
  }
}
