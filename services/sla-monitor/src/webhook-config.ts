import { readFileSync } from "node:fs";
import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { ConfigError } from "@fairlead/runtime/config";
import { isPrivateAddress } from "@fairlead/runtime/private-address";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { duration } from "./duration.ts";
import { severitySchema } from "./rule-config.ts";

/** An endpoint that is told of alerts, as it is written in YAML. Its secret is named, never written. */
export const webhookSchema = z
  .strictObject({
    /** Label of its metrics. */
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "expected words of lower case with dashes").max(64),
    url: z.url({ protocol: /^https?$/, error: "expected an address that begins with https:// or http://" }).max(2_048),
    /** Environment variable that holds the secret. */
    secretEnv: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable").optional(),
    /** File that holds the secret. */
    secretFile: z.string().min(1).optional(),
    /** Alerts that are less bad are not told. */
    leastSeverity: severitySchema.default(AlertSeverity.INFO),
    /** Time for one attempt. */
    timeout: duration({ min: 100, max: 60_000 }).default(5_000),
    /** Attempts for one alert at most. */
    attempts: z.int().min(1).max(20).default(8),
    /** Time before the second attempt, at most; doubles with each. */
    backoff: duration({ min: 1, max: 60_000 }).default(1_000),
    /** True also sends to addresses of private networks and this machine, and without encryption. */
    allowPrivate: z.boolean().default(false),
  })
  .superRefine((webhook, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if ((webhook.secretEnv === undefined) === (webhook.secretFile === undefined)) wrong("secretEnv", "expected either secretEnv or secretFile");
    const url = URL.parse(webhook.url);
    if (url === null) return;
    if (url.username !== "" || url.password !== "") wrong("url", "expected no user or password in it");
    if (webhook.allowPrivate) return;
    if (url.protocol !== "https:") wrong("url", "expected https, unless allowPrivate is true");
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (host === "localhost" || isPrivateAddress(host)) wrong("url", "expected a public host, unless allowPrivate is true");
  });

export type WebhookConfig = z.infer<typeof webhookSchema>;

/**
 * Reads the secrets of webhooks from where the configuration says they are; by the webhook's name.
 *
 * @throws ConfigError that names the key, never the secret
 */
export function readWebhookSecrets(
  webhooks: readonly WebhookConfig[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ReadonlyMap<string, string> {
  return new Map(
    webhooks.map((webhook, index) => {
      const key = webhook.secretEnv === undefined ? "secretFile" : "secretEnv";
      const problem = (text: string) => new ConfigError(`Configuration: slaMonitor.webhooks.${index}.${key}: ${text}`);
      const secret = (webhook.secretEnv === undefined ? readSecretFile(webhook.secretFile ?? "", problem) : environment[webhook.secretEnv])?.trim();
      if (secret === undefined || secret === "") throw problem(`${webhook.secretEnv ?? webhook.secretFile} holds no secret`);
      checkSecret(secret, problem);
      return [webhook.name, secret];
    }),
  );
}

function readSecretFile(path: string, problem: (text: string) => ConfigError): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw problem(`cannot read ${path}`);
  }
}

function checkSecret(secret: string, problem: (text: string) => ConfigError): void {
  try {
    new Webhook(secret);
  } catch {
    throw problem("expected a secret of Standard Webhooks: whsec_ and bytes in base64");
  }
}
