import type { Endpoint } from "@fairlead/adapter-kit/deployment-clients";
import type { CohereClient } from "cohere-ai";

/** Calls Cohere over its SDK. */
export interface CohereCaller {
  /** Sends a body as JSON. The answer is not read. */
  send(path: string, body: object): Promise<unknown>;
  /** Asks with GET. Probes come whether or not anybody calls Cohere, so they do without the SDK. */
  ask(path: string): Promise<unknown>;
}

/**
 * Makes a client of one address and key.
 *
 * The SDK's typed methods would check and rename every field of request and answer a second time, so requests go
 * through its `fetch`, which adds address, key and headers alone. It takes a fifth of a second and 30 MB to load, so it
 * is loaded when it is first used.
 */
export function createCohereCaller(endpoint: Endpoint, fetch: typeof globalThis.fetch): CohereCaller {
  const { apiKey, baseUrl } = endpoint;
  let client: Promise<CohereClient> | undefined;
  return {
    async send(path, body) {
      client ??= connect(endpoint, fetch);
      const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return (await client).fetch(`${baseUrl}/${path}`, init);
    },
    ask: (path) => fetch(`${baseUrl}/${path}`, { headers: { authorization: `Bearer ${apiKey}` } }),
  };
}

/** The SDK, which would else read the environment and retry. Unless it is told one, it keeps no time. */
async function connect({ apiKey, baseUrl }: Endpoint, fetch: typeof globalThis.fetch): Promise<CohereClient> {
  const { CohereClient } = await import("cohere-ai");
  return new CohereClient({ token: apiKey, baseUrl, maxRetries: 0, fetch });
}
