import type { z } from "zod";

/** A value that the control API does not take; `field` is its path, such as `faults.0.ms`. */
export class InvalidControl extends Error {
  readonly field: string;

  constructor(field: string, problem: string) {
    super(field === "" ? problem : `${field}: ${problem}`);
    this.name = "InvalidControl";
    this.field = field;
  }
}

/** The value if it keeps to the schema; otherwise throws with the path of the first problem. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, at?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknownKeys = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...(at === undefined ? [] : [at]), ...(issue?.path ?? []), ...unknownKeys];
  throw new InvalidControl(path.map(String).join("."), issue?.message ?? "is not valid");
}
