import { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { CallObserver } from "@fairlead/rpc/call-observer";
import type { Client, ServiceDescriptor } from "@fairlead/rpc/call";
import { connectGrpc, type GrpcClientSettings, type GrpcConnection } from "@fairlead/rpc/grpc-client";
import { readConfig } from "./config.ts";
import type { Links, Peer, PeerOf } from "./links.ts";
import { type NatsConfig, natsConfig } from "./nats-config.ts";
import { peersConfig } from "./peers-config.ts";
import type { ProcessConfig } from "./process-config.ts";
import type { Reach } from "./reach.ts";
import { type RedisConfig, redisConfig } from "./redis-config.ts";
import type { ServiceTools } from "./service.ts";
import type { Tls } from "./open-tls.ts";

/** How a peer is called, beside what holds for all. */
export type PeerSettings = Pick<GrpcClientSettings, "channels" | "waitForReady">;

/** What every service is built with in a process of its own. */
export interface ProcessHost {
  readonly config: ProcessConfig;
  readonly tools: ServiceTools;
  /** Unique for this run of this process. */
  readonly instance: string;
  /** Waits for what the service cannot work without. */
  readonly reach: Reach;
  /** Has something closed after the service itself: what was handed over last comes first. */
  closing(close: () => void | Promise<void>): void;
}

/** What a service is built with: the ends of the edges that its links declare, and no others. */
export type ServiceHost<L extends Links = Links> = ProcessHost & {
  /** A client of a declared peer, by mutual TLS where that is configured. The process closes it. */
  connect<S extends ServiceDescriptor>(service: S, peer: PeerOf<L>, settings?: PeerSettings): Client<S>;
} & (L extends { readonly adapters: true } ? AdapterHost : unknown) &
  (L extends { readonly nats: true } ? { readonly nats: NatsConfig } : unknown) &
  (L extends { readonly redis: true } ? { readonly redis: RedisConfig } : unknown);

/** What services that call adapters are built with as well. */
export interface AdapterHost {
  /** Opens a connection to an adapter at the target that it announced; who opens it closes it. */
  connectAdapter(target: string, settings?: PeerSettings): GrpcConnection<typeof AdapterService>;
}

/** What the ends of edges are made from. */
export interface HostParts extends ProcessHost {
  readonly observe: CallObserver;
  readonly tls: Tls | undefined;
}

/**
 * Makes the host of a service. Settings of what is not declared are not even read.
 *
 * @throws ConfigError that names a wrong key
 */
export function createHost<L extends Links>(links: L, { observe, tls, ...host }: HostParts): ServiceHost<L> {
  const peers = links.peers ?? [];
  const targets = readConfig(peersConfig(peers));
  const link = { tracer: host.tools.tracer, observe, ...(tls === undefined ? {} : { credentials: tls.channel }) };
  const made = {
    ...host,
    connect(service: ServiceDescriptor, peer: Peer, settings?: PeerSettings) {
      if (!peers.includes(peer)) throw new Error(`${peer} is not among the links of this service`);
      const connection = connectGrpc(service, { ...link, ...settings, target: targets[peer] });
      host.closing(() => connection.close());
      return connection.client;
    },
    ...(links.adapters === true
      ? { connectAdapter: (target: string, settings?: PeerSettings) => connectGrpc(AdapterService, { ...link, ...settings, target }) }
      : {}),
    ...(links.nats === true ? { nats: readConfig(natsConfig) } : {}),
    ...(links.redis === true ? { redis: readConfig(redisConfig) } : {}),
  };
  return made as unknown as ServiceHost<L>;
}
