import { z } from "zod";
import { baseUrl, keyText } from "./credentials.ts";

/** Deployments of one provider at most; the contract bounds them. */
const MOST_DEPLOYMENTS = 64;

const limit = z.int().min(1).max(4_294_967_295);

const deploymentEntry = z.strictObject({
  /** Unique among the provider's deployments. */
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[a-zA-Z0-9_.-]+$/, "a name is letters, digits, dots, dashes and underscores"),
  /** Region it runs in. Empty: not known. */
  region: z.string().max(64).default(""),
  /** Share of the traffic among equals. */
  weight: z.int().min(1).max(1_000).default(1),
  /** Address of its API. Unset: the adapter's. */
  baseUrl: baseUrl.optional(),
  /** Environment variable that holds its key or keys. Unset: the adapter's keys. */
  apiKeyEnv: z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable, not the key itself")
    .optional(),
  /** File or folder of its keys, in place of a variable. */
  apiKeyFile: z.string().min(1).max(4_096).optional(),
  /** Ids of the models that are deployed there. Unset: all. */
  models: z.array(z.string().min(1).max(256)).min(1).max(1_000).optional(),
  /** What the provider lets through for each model there. Unset: not known. */
  requestsPerMinute: limit.optional(),
  tokensPerMinute: z.int().min(1).optional(),
  concurrentRequests: limit.optional(),
  /** Account that the limits belong to; targets that name the same one share them. Unset: the target's own. */
  quotaAccount: z.string().min(1).max(128).optional(),
});

/** Deployments as they are configured. */
export const deploymentEntries = z
  .array(deploymentEntry)
  .max(MOST_DEPLOYMENTS)
  .superRefine((entries, context) => {
    const names = new Set<string>();
    for (const [index, { name, apiKeyEnv, apiKeyFile }] of entries.entries()) {
      if (apiKeyEnv !== undefined && apiKeyFile !== undefined) {
        context.addIssue({ code: "custom", path: [index, "apiKeyFile"], message: "expected either apiKeyEnv or apiKeyFile" });
      }
      if (names.has(name)) context.addIssue({ code: "custom", path: [index, "name"], message: `two are called ${name}` });
      names.add(name);
    }
  });

/** A deployment of a provider's models, as it is configured. */
export interface DeploymentConfig extends z.infer<typeof deploymentEntry> {
  /** Key or keys that the variable holds. Undefined: it names none, or the variable is not set. */
  readonly apiKey: string | undefined;
}

/**
 * Reads deployments from YAML or, as JSON text, from the environment.
 *
 * @param keyOf value of an environment variable; undefined where it is not set
 */
export function deploymentList(keyOf: (variable: string) => string | undefined) {
  return z.union([z.string(), z.array(z.unknown())]).default([]).transform((given, context): DeploymentConfig[] => {
    const refuse = (message: string, path: PropertyKey[] = []) => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    const raw = typeof given === "string" ? parseList(given) : given;
    if (raw === undefined) return refuse("expected a JSON list of deployments");
    const result = deploymentEntries.safeParse(raw);
    if (!result.success) {
      for (const { path, message } of result.error.issues) refuse(message, path);
      return z.NEVER;
    }
    return result.data.map((entry, index) => {
      const apiKey = entry.apiKeyEnv === undefined ? undefined : keyOf(entry.apiKeyEnv) || undefined;
      const sound = apiKey === undefined || keyText.safeParse(apiKey).success;
      return sound ? { ...entry, apiKey } : refuse(`what ${entry.apiKeyEnv} holds is not a key or several`, [index, "apiKeyEnv"]);
    });
  });
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
