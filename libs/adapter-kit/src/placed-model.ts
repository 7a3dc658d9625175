import { ConfigError } from "@fairlead/runtime/config";
import type { z } from "zod";
import type { JsonObject } from "./json.ts";

/** A catalogue that cannot be used. Its message names the file, the path in it and what was expected there. */
export class CatalogueError extends ConfigError {
  constructor(file: string, problem: string) {
    super(`Configuration: ${file}: ${problem}`);
    this.name = "CatalogueError";
  }
}

/** An entry before it is checked, and where it stands. */
export interface PlacedModel {
  readonly file: string;
  readonly index: number;
  readonly entry: JsonObject;
}

/** Id of the model. */
export function nameOf({ entry }: PlacedModel): string {
  return entry["model"] as string;
}

/** What is wrong with a key of an entry. */
export function problem({ file, index }: PlacedModel, key: string, expected: string): CatalogueError {
  return new CatalogueError(file, `models.${index}.${key}: ${expected}`);
}

/** The path that an issue is about. */
export function pathOf(issue: z.core.$ZodIssue): string {
  const keys = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...keys].map(String).join(".");
}
