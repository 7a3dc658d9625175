import type { Flavor } from "@fairlead/openai-wire/flavor";
import { toFlavor } from "./flavor-data.ts";
import type { Preset } from "./presets.ts";
import type { ServerEntry } from "./server-settings.ts";

/** A server that the adapter can call: its preset under what is configured. */
export interface Server {
  readonly provider: string;
  readonly telemetryName: string;
  readonly flavor: Flavor;
  /** Address of its API. Undefined: a variable must tell it. */
  readonly baseUrl: string | undefined;
  /** Path of the API where the address has none. Empty: none. */
  readonly basePath: string;
  readonly keyless: boolean;
  readonly authorization: { readonly header: string; readonly scheme: string };
  readonly apiVersion: string;
  readonly probePath: string;
  readonly api: "chat_completions" | "responses";
  /** True where only models are offered that have a name at the server. */
  readonly namedModels: boolean;
  readonly demonstrated: boolean;
  /** Its models. */
  readonly models: URL;
  /** Names of the variables that configure it. */
  readonly variables: ServerVariables;
  /** What is configured for it alone; undefined where it comes from its preset alone. */
  readonly entry: ServerEntry | undefined;
}

/** Names of the variables that configure a server. */
export interface ServerVariables {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Beginning of the others, without the underscore. */
  readonly prefix: string;
}

const BEARER = { header: "authorization", scheme: "Bearer" };

/** A server of a preset, under what is configured. */
export function resolveServer(preset: Preset, entry?: ServerEntry): Server {
  const provider = entry?.provider ?? preset.id;
  const settings = { ...preset, ...entry };
  const name = settings.name ?? provider;
  const own = provider === preset.id;
  const prefix = (own ? preset.variables : undefined) ?? provider.toUpperCase().replaceAll("-", "_");
  return {
    provider,
    telemetryName: settings.telemetryName ?? provider,
    flavor: toFlavor({ name, provider }, [preset.flavor, entry?.flavor]),
    baseUrl: settings.baseUrl,
    basePath: settings.basePath ?? "",
    keyless: settings.keyless ?? false,
    authorization: settings.authorization ?? BEARER,
    apiVersion: settings.apiVersion ?? "",
    probePath: settings.probePath ?? "/models",
    api: settings.api ?? "chat_completions",
    namedModels: preset.namedModels,
    demonstrated: preset.demonstrated,
    models: preset.models,
    variables: {
      // Another provider of the same preset does not use the preset's key unasked.
      apiKey: entry?.apiKeyEnv ?? (own ? preset.apiKeyEnv : undefined) ?? `${prefix}_API_KEY`,
      baseUrl: (own ? preset.baseUrlEnv : undefined) ?? `${prefix}_BASE_URL`,
      prefix,
    },
    entry,
  };
}
