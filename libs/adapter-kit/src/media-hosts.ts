import { BlockList, isIP } from "node:net";
import { isPrivateAddress } from "@fairlead/runtime/private-address";
import { z } from "zod";

/** Hosts of one's own that media may be fetched from at most. */
const MOST_HOSTS = 256;

const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/;

/** Hosts beside those of the public Internet that media may be fetched from. */
export interface MediaHosts {
  /** Whether the host, a name or an address, is listed; it may then have any port. */
  lists(host: string): boolean;
  /** Whether an address may be connected to that the name leads to. */
  mayConnect(address: string, name: string): boolean;
}

/** Hosts of one's own that media may be fetched from, each a name, `*.` and a domain, an address or a network with its prefix. */
export const mediaHostList = z
  .union([z.string().transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== "")), z.array(z.string())])
  .default([])
  .pipe(z.array(z.string().toLowerCase().refine(isEntry, "expected a host name, an address or a network such as 10.1.0.0/16")).max(MOST_HOSTS));

/** The rule that a list of hosts makes. An entry that is none of the known forms matches nothing. */
export function toMediaHosts(entries: readonly string[]): MediaHosts {
  const networks = new BlockList();
  const names = new Set<string>();
  for (const entry of entries) {
    const [address = "", prefix] = entry.split("/");
    if (isIP(address) !== 0) networks.addSubnet(address, Number(prefix ?? (isIP(address) === 6 ? 128 : 32)), family(address));
    else names.add(entry.toLowerCase());
  }
  const inNetworks = (address: string) => isIP(address) !== 0 && networks.check(address, family(address));
  const hasName = (host: string) => names.has(host) || domainsOf(host).some((domain) => names.has(`*.${domain}`));
  return {
    lists: (host) => hasName(host) || inNetworks(host),
    mayConnect: (address, name) => !isPrivateAddress(address) || inNetworks(address) || hasName(name),
  };
}

/** The domains that a name lies in: of a.b.c those are b.c and c. */
function domainsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.slice(1).map((_label, index) => labels.slice(index + 1).join("."));
}

function isEntry(entry: string): boolean {
  const [address = "", prefix, ...rest] = entry.split("/");
  if (isIP(address) === 0) return prefix === undefined && NAME.test(entry);
  return rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32)));
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
