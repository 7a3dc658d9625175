/** The services that others call; their keys in the configuration. Adapters are found by their announcements instead. */
export const PEERS = ["router", "fallbackManager", "loadBalancer", "costOptimizer", "slaMonitor"] as const;

export type Peer = (typeof PEERS)[number];

/** The edges of the mesh that begin at a service. What is not said here, its process is not given. */
export interface Links {
  /** Services that it calls. */
  readonly peers?: readonly Peer[];
  /** True: it calls every adapter that announces itself. */
  readonly adapters?: boolean;
  /** True: it exchanges events. */
  readonly nats?: boolean;
  /** True: it shares state. */
  readonly redis?: boolean;
}

/** The peers that links name. */
export type PeerOf<L extends Links> = L["peers"] extends readonly (infer P extends Peer)[] ? P : never;

/** Says what a service connects to. */
export function defineLinks<const L extends Links>(links: L): L {
  return links;
}
