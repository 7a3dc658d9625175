/** What a target may begin with to say how its addresses are found, with or without a server to ask. */
const RESOLVER = /^(?:dns|ipv4|ipv6|passthrough|unix|xds):(?:\/\/[^/]*\/)?/;
const HOST_AND_PORT = /^(?:\[(?<literal>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d+)$/;

/**
 * Host and port that a gRPC target names, as a span tells them. Of a list of addresses any may be called, and which one is
 * not known when a call begins: it has neither.
 */
export function splitTarget(target: string): { readonly address: string | undefined; readonly port: number | undefined } {
  const endpoint = target.replace(RESOLVER, "");
  if (endpoint.includes(",")) return { address: undefined, port: undefined };
  const groups = HOST_AND_PORT.exec(endpoint)?.groups;
  if (groups === undefined) return { address: endpoint, port: undefined };
  return { address: groups["literal"] ?? groups["host"], port: Number(groups["port"]) };
}
