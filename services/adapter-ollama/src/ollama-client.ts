import type { Endpoint } from "@fairlead/adapter-kit/deployment-clients";
// This entry writes pictures as they are given; the main one takes each for the name of a file and sends what it finds
// there.
import { Ollama } from "ollama/browser";

/** Makes a client of one address and key. */
export type OllamaConnect = () => Ollama;

/**
 * A way to make clients of a server. The SDK keeps each of its streams in a list until it has read it itself, which it
 * never does here, so each call has a client of its own.
 */
export function openOllama({ apiKey, baseUrl }: Endpoint, fetch: typeof globalThis.fetch): OllamaConnect {
  const headers = apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
  return () => new Ollama({ host: baseUrl, headers, fetch });
}
