import { BlockList, isIP } from "node:net";

/** From the registries of special-purpose addresses (RFC 6890 and what was added since), and where clouds keep credentials. */
const PRIVATE: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const list = new BlockList();
for (const [network, prefix] of PRIVATE) list.addSubnet(network, prefix, network.includes(":") ? "ipv6" : "ipv4");

/**
 * True for an address that is not of the public Internet: this machine, private networks, link-local ones (where clouds
 * keep their credentials), multicast, reserved ones, and those of IPv6 that may stand for one of IPv4. False for what is no
 * address.
 */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  // A zone, as in fe80::1%eth0, is no part of what is compared. The list itself looks through addresses of IPv4 that are
  // written as ones of IPv6.
  return list.check(address.replace(/%.*$/, ""), family === 6 ? "ipv6" : "ipv4");
}
