import { Agent, Pool } from "undici";
import { ProviderClient } from "./provider-client.ts";

/** Bounds of the connections to a provider. */
export interface ProviderPoolSettings {
  /** Connections to one origin at most; further calls wait for one. */
  readonly connections?: number;
  /** Milliseconds to set up a connection, TLS included. */
  readonly connectTimeoutMs?: number;
}

/**
 * Connections to a provider, kept and used again.
 *
 * Waiting for headers and bodies is not bounded here: each call's signal carries its deadline. A request whose `opaque` is a
 * `Sending` can be given up before it is on a connection.
 */
export function createProviderPool(settings: ProviderPoolSettings = {}): Agent {
  return new Agent({
    connections: settings.connections ?? 512,
    pipelining: 1,
    // Each deployment may have an address of its own.
    maxOrigins: 128,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 120_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 65_536,
    allowH2: false,
    connect: { timeout: settings.connectTimeoutMs ?? 5_000 },
    factory: (origin, options) => new Pool(origin, { ...options, factory: (to, shared) => new ProviderClient(to, shared) }),
  });
}
