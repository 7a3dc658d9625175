import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { InputError } from "../read-table.ts";

const waiver = z.strictObject({
  model: z.string().regex(/^[^/]+\/.+$/, "expected provider/model"),
  bucket: z.enum(["input", "output", "cache_read", "cache_write"]),
  source: z.string().min(1).optional(),
  reason: z.string().min(1),
});

/** A difference that is known, and why it may stay. */
export type Waiver = z.infer<typeof waiver>;

/**
 * Reads the known differences.
 *
 * @throws InputError with file and place where one cannot be used
 */
export function readWaivers(path: string): Waiver[] {
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"), { merge: true });
  } catch (error) {
    throw new InputError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const result = z.strictObject({ waivers: z.array(waiver).max(10_000).nullable() }).safeParse(document);
  if (result.success) return result.data.waivers ?? [];
  const [issue] = result.error.issues;
  throw new InputError(`${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "cannot be used"}`);
}
