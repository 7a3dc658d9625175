import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** A host whose address may not be connected to. */
export class RefusedAddressError extends Error {
  constructor() {
    super("its host has a private address");
    this.name = "RefusedAddressError";
  }
}

/**
 * Looks up hosts for connections, and fails with RefusedAddressError where any address of one may not be connected to. What
 * is checked is what is connected to, so no second answer of a name server gets past it. An address in numbers is never
 * looked up: hold it against the same rule before.
 */
export function guardedLookup(mayConnect: (address: string, hostname: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error("no address"), "", 0);
      if (!addresses.every(({ address }) => mayConnect(address, hostname))) return callback(new RefusedAddressError(), "", 0);
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
