import { Refusal } from "../refusal.ts";

/** A field that the server does not know or take. */
export function unsupportedField(field: string): Refusal {
  return new Refusal("invalid", `property '${field}' is unsupported`, { param: field });
}
