import { z } from "zod";

/** A provider's key: printable ASCII without spaces, so that it cannot break out of its header. */
export const keyText = z
  .string()
  .max(1024)
  .regex(/^[\x21-\x7e]+$/, "a key is printable ASCII without spaces");

/**
 * A provider's key that must be there.
 *
 * @param variable environment variable that holds it, named where it is missing
 */
export function requiredKey(variable: string) {
  return z.string({ error: `the adapter has no key and does not start; set ${variable}` }).pipe(keyText);
}

/** Base address of a provider's API, without a slash at its end. */
export const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** Yes or no as the environment writes it. */
export const flag = z.union([z.boolean(), z.stringbool()]);

/** What every adapter's configuration holds beside its own. */
export const connectionShape = {
  /** True when calls go to a simulator. */
  simulated: flag.default(false),
  /** Sends trace headers along; for simulators and servers of one's own only. */
  propagateTrace: flag.default(false),
  /** Connections to the provider at most. */
  connections: z.coerce.number().int().min(1).max(10_000).default(512),
  /** Milliseconds to set up a connection. */
  connectTimeoutMs: z.coerce.number().int().min(1).max(60_000).default(5_000),
  /** File whose models are added to the adapter's own or put in their place, watched while it runs. Empty: none. */
  modelsFile: z.string().max(4_096).default(""),
};
