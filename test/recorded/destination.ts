import type { Recording } from "./recording.ts";
import type { Wire } from "./wires.ts";

/** Who answers a recording: an adapter, and how it is told of the server. */
export interface Destination {
  /** Folder of the adapter without `adapter-`. */
  readonly adapter: string;
  /** Server that an adapter of many is told to speak to. Empty: it speaks to one alone. */
  readonly provider: string;
  /** Path of the provider's address, before that of the endpoint. Empty: the adapter's own. */
  readonly basePath: string;
  /** Version of a dated API, which names the model in the path. Empty: it is not dated. */
  readonly apiVersion: string;
  /** API that an adapter of many is to use. */
  readonly api: "chat_completions" | "responses";
}

const ADAPTERS: ReadonlyMap<Wire, string> = new Map([
  ["anthropic.messages", "anthropic"],
  ["anthropic.count_tokens", "anthropic"],
  ["google.content", "google"],
  ["cohere.chat", "cohere"],
  ["ollama.chat", "ollama"],
]);

/** Providers of OpenAI's wires that have an adapter of their own; all others are spoken to as servers like OpenAI. */
const OWN_ADAPTER: ReadonlySet<string> = new Set(["openai", "groq"]);

/** Chooses by the wire first: an adapter speaks one wire, whoever serves it. */
export function destinationOf({ provider, request }: Recording, wire: Wire): Destination {
  const api = wire === "openai.responses" ? "responses" : "chat_completions";
  const adapter = ADAPTERS.get(wire) ?? (OWN_ADAPTER.has(provider) ? provider : "openai-compatible");
  const server = adapter === "openai-compatible" ? provider.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-") : "";
  const plain = { adapter, provider: server, basePath: "", apiVersion: "", api } as const;
  if (ADAPTERS.has(wire)) return plain;
  const path = request === undefined ? "/v1" : pathOf(request.url).replace(/\/(chat\/completions|responses)$/, "");
  const apiVersion = /[?&]api-version=([^&#]+)/.exec(request?.url ?? "")?.[1] ?? "";
  return /\/deployments\/[^/]+$/.test(path) ? { ...plain, apiVersion } : { ...plain, basePath: path };
}

/** One text for each destination. */
export function keyOf(destination: Destination): string {
  return JSON.stringify(Object.values(destination));
}

/** Path of an address; a host may be left out or be a placeholder. */
export function pathOf(url: string): string {
  const plain = url.replace(/[?#].*$/, "");
  return /^https?:\/\//.test(plain) ? plain.replace(/^https?:\/\/[^/]*/, "") : plain.replace(/^<[^>]*>/, "/v1");
}
