import { readFileSync, statSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { isObject } from "./json.ts";
import { CatalogueError, pathOf, type PlacedModel } from "./placed-model.ts";

/** Bytes of a models file at most. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Models of a provider at most. */
export const MAX_MODELS = 1_000;

/**
 * Reads the entries of a models file, unchecked but for their ids. Undefined: there is no such file.
 *
 * @throws CatalogueError
 */
export function readModels(file: string): readonly PlacedModel[] | undefined {
  const text = readIfThere(file);
  return text === undefined ? undefined : parseModels(file, text);
}

function readIfThere(file: string): string | undefined {
  try {
    if (statSync(file).size > MAX_BYTES) throw new CatalogueError(file, `is larger than ${MAX_BYTES} bytes`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error instanceof CatalogueError ? error : new CatalogueError(file, `cannot be read: ${(error as Error).message}`);
  }
}

const entry = z.looseObject({ model: z.string().min(1).max(256) });
const list = z.strictObject({ models: z.array(entry).max(MAX_MODELS).nullable() });

function parseModels(file: string, text: string): readonly PlacedModel[] {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    // The first line names the place; the parser's others quote the file.
    throw new CatalogueError(file, `is not YAML: ${String((error as Error).message).split("\n")[0]}`);
  }
  if (document === null || document === undefined) return [];
  if (!isObject(document)) throw new CatalogueError(file, "expected a map with the key models");
  const result = list.safeParse(document);
  if (result.success) return (result.data.models ?? []).map((model, index) => ({ file, index, entry: model }));
  throw new CatalogueError(file, result.error.issues.map((issue) => `${pathOf(issue)}: ${issue.message}`).join("; "));
}
