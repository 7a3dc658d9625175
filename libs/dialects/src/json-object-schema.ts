import { z } from "zod";

/** Any JSON object, taken as it is: a record would be copied, and would lose a key called __proto__. */
export const jsonObjectSchema = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  { message: "An object is expected.", params: { rule: "type" }, abort: true },
);
