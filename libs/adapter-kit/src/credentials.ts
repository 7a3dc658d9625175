import { z } from "zod";
import { parseKeys } from "./keys/parse-keys.ts";
import { mediaHostList } from "./media-hosts.ts";

/** A provider's key, or several separated by commas, spaces or line breaks. Each is printable ASCII, so that it cannot break out of its header. */
export const keyText = z.string().superRefine((text, context) => {
  const parsed = parseKeys(text);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
  else if (parsed.keys.length === 0) context.addIssue({ code: "custom", message: "there is no key in it" });
});

/** What of a configuration says where keys are. */
interface KeyedConfig {
  readonly apiKey: string;
  readonly apiKeyFile: string;
  readonly deployments: readonly { readonly apiKeyEnv?: string | undefined; readonly apiKeyFile?: string | undefined }[];
}

/**
 * Refuses a configuration in which some deployment has no key.
 *
 * @param variable environment variable that holds the adapter's keys, named where they are missing
 */
export function needsKey(variable: string) {
  return ({ apiKey, apiKeyFile, deployments }: KeyedConfig, context: z.RefinementCtx): void => {
    const own = deployments.length > 0 && deployments.every((one) => one.apiKeyEnv !== undefined || one.apiKeyFile !== undefined);
    if (apiKey !== "" || apiKeyFile !== "" || own) return;
    const message = `the adapter has no key and does not start; set ${variable} or ${variable}_FILE`;
    context.addIssue({ code: "custom", path: ["apiKey"], message });
  };
}

/** Base address of a provider's API, without a slash at its end. */
export const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** Yes or no as the environment writes it. */
export const flag = z.union([z.boolean(), z.stringbool()]);

/** What every adapter's configuration holds beside its own. */
export const connectionShape = {
  /** File of keys, one a line or a JSON list, or folder of such files; used in place of apiKey and followed while it runs. Empty: none. */
  apiKeyFile: z.string().max(4_096).default(""),
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
  /** Hosts of one's own, beside the public ones, from which media is fetched that a request names by address. */
  mediaHosts: mediaHostList,
};
