import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { patterns, subjects } from "@fairlead/bus/subjects";
import { newEvent } from "@fairlead/bus/new-event";
import type { Bus, Subscription } from "@fairlead/bus/bus";
import { followHearing, type Hearing } from "@fairlead/bus/hearing";
import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";
import type { Client } from "@fairlead/rpc/call";

/** A way to call an adapter, and to let go of it. */
export interface AdapterConnection {
  readonly client: Client<typeof AdapterService>;
  close(): void;
}

/** Opens a connection to an adapter at an address that it announced. */
export type OpenAdapter = (provider: string, address: string) => AdapterConnection;

/** Milliseconds without an announcement after which an adapter is taken as gone. */
const GONE_MS = 10_000;

/** Addresses kept for one provider at most. */
const MAX_ADDRESSES = 256;

interface Known {
  readonly connection: AdapterConnection;
  seenAt: number;
}

/** Adapters by provider, as they announce themselves. Several addresses of one provider take turns. */
export class AdapterDirectory {
  readonly #providers = new Map<string, Map<string, Known>>();
  readonly #open: OpenAdapter;
  readonly #now: () => number;
  readonly #hearing: Hearing;
  readonly #subscription: Subscription;
  #turn = 0;

  constructor(bus: Bus, open: OpenAdapter, now: () => number, newId: () => string) {
    this.#open = open;
    this.#now = now;
    this.#hearing = followHearing(bus, now);
    this.#subscription = bus.subscribe(patterns.adapterAnnounced, (events) => {
      for (const { fact } of events) if (fact.case === "adapterAnnounced") this.#announced(fact.value);
    });
    bus.publish(subjects.adapterDiscovery, newEvent({ id: newId(), source: "fallback-manager", now: now() }, { case: undefined }));
  }

  /** Client of a provider's adapter; undefined where none has announced itself of late. */
  find(provider: string): Client<typeof AdapterService> | undefined {
    const addresses = this.#providers.get(provider);
    if (addresses === undefined) return undefined;
    const live = [...addresses.values()].filter((known) => !this.#isGone(known));
    return live[this.#turn++ % live.length]?.connection.client;
  }

  /** True once an adapter has announced itself. */
  begun(): boolean {
    return this.#providers.size > 0;
  }

  async close(): Promise<void> {
    this.#hearing.close();
    await this.#subscription.close();
    for (const addresses of this.#providers.values()) for (const { connection } of addresses.values()) connection.close();
    this.#providers.clear();
  }

  #announced({ description, leaving }: AdapterAnnounced): void {
    const { provider = "", address = "" } = description ?? {};
    if (provider === "" || address === "") return;
    let addresses = this.#providers.get(provider);
    if (addresses === undefined) this.#providers.set(provider, (addresses = new Map()));
    this.#forgetGone(addresses);
    const known = addresses.get(address);
    if (leaving) {
      // A name stands for replicas that stay; gRPC itself sees which of them went.
      if (!address.includes("///")) this.#forget(addresses, address, known);
    } else if (known !== undefined) known.seenAt = this.#now();
    else if (addresses.size < MAX_ADDRESSES) {
      addresses.set(address, { connection: this.#open(provider, address), seenAt: this.#now() });
    }
  }

  #forgetGone(addresses: Map<string, Known>): void {
    for (const [address, known] of addresses) {
      if (this.#isGone(known)) this.#forget(addresses, address, known);
    }
  }

  /** Silence while nothing can be heard says nothing. */
  #isGone({ seenAt }: Known): boolean {
    return this.#now() - Math.max(seenAt, this.#hearing.deafUntil()) > GONE_MS;
  }

  #forget(addresses: Map<string, Known>, address: string, known: Known | undefined): void {
    addresses.delete(address);
    known?.connection.close();
  }
}
