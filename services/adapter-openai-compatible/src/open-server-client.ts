import type { Endpoint } from "@fairlead/adapter-kit/deployment-clients";
import { openClient } from "@fairlead/openai-wire/open-client";
import { AzureOpenAI, type OpenAI } from "openai";
import type { Server } from "./server.ts";

/** Path of Azure's dated API, whose models are below it. */
const DATED_PATH = "/openai";

/** What the SDK is made with where there is no key; it is not sent. */
const NO_KEY = "none";

/**
 * Makes the SDK for a server, with its key in the header that the server wants, or in none.
 *
 * @param apiVersion of Azure's dated API; empty: it is not dated
 */
export function openServerClient(
  server: Server,
  apiVersion: string,
  { apiKey, baseUrl }: Endpoint,
  fetch: typeof globalThis.fetch,
): OpenAI {
  const endpoint = {
    apiKey: apiKey || NO_KEY,
    baseUrl: withPath(baseUrl, apiVersion === "" ? server.basePath : DATED_PATH),
  };
  const plain = openClient(endpoint, fetch, { defaultHeaders: authorize(server.authorization, apiKey) });
  if (apiVersion === "") return plain;
  const { maxRetries, timeout, logLevel = "off" } = plain;
  return new AzureOpenAI({
    apiKey: endpoint.apiKey,
    apiVersion,
    baseURL: endpoint.baseUrl,
    maxRetries,
    timeout,
    logLevel,
    fetch,
  });
}

/** The headers that bring a key; null takes away the SDK's own. */
function authorize({ header, scheme }: Server["authorization"], apiKey: string): Record<string, string | null> {
  if (apiKey === "") return { authorization: null };
  return { authorization: null, [header]: scheme === "" ? apiKey : `${scheme} ${apiKey}` };
}

/** The address with a path, where it has none of its own. */
function withPath(baseUrl: string, path: string): string {
  return new URL(baseUrl).pathname === "/" ? `${baseUrl}${path}` : baseUrl;
}
