import type { Endpoint } from "@fairlead/adapter-kit/deployment-clients";
import OpenAI, { type ClientOptions } from "openai";

/** Milliseconds after which the SDK gives up; never reached, because every call has a deadline of its own. */
const SDK_TIMEOUT_MS = 86_400_000;

/**
 * Makes OpenAI's SDK for a server, held to the lean fetch: it would else read the environment, retry, log and keep time by
 * itself.
 *
 * @param options what else the server wants, such as an organisation, headers or query fields
 */
export function openClient(endpoint: Endpoint, fetch: typeof globalThis.fetch, options: ClientOptions = {}): OpenAI {
  return new OpenAI({
    organization: null,
    project: null,
    ...options,
    apiKey: endpoint.apiKey,
    baseURL: endpoint.baseUrl,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    fetch,
  });
}
