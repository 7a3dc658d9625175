import { Agent } from "undici";

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
 * Waiting for headers and bodies is not bounded here: each call's signal carries its deadline.
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
  });
}
