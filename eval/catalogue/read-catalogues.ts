import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import type { ModelDescription } from "@fairlead/contracts/adapter/v1/model";
import { z } from "zod";
import { InputError } from "../read-table.ts";

/** A model of the catalogue and whose it is. */
export interface CatalogueModel {
  readonly provider: string;
  readonly description: ModelDescription;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The models of every adapter's models.yaml; the provider is what its folder is named after.
 *
 * @throws InputError when a file cannot be used
 */
export function readCatalogues(): CatalogueModel[] {
  const files = globSync("services/adapter-*/{models.yaml,src/models.yaml}", { cwd: ROOT }).toSorted();
  return files.flatMap((file) => {
    const provider = basename(file.endsWith("src/models.yaml") ? dirname(dirname(file)) : dirname(file)).replace(
      "adapter-",
      "",
    );
    return load(join(ROOT, file), provider).map((description) => ({ provider, description }));
  });
}

function load(path: string, provider: string): readonly ModelDescription[] {
  try {
    return readCatalogue({ builtIn: pathToFileURL(path), provider, traits: z.unknown().optional() }).models;
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
