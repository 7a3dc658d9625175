import { patterns } from "@fairlead/bus/subjects";
import type { Bus, Subscription } from "@fairlead/bus/bus";
import { followHearing, type Hearing } from "@fairlead/bus/hearing";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";
import { attemptOutcome } from "@fairlead/decision/balancing/attempt-outcome";
import type { CheckRow } from "@fairlead/decision/sla/advance-health";
import type { Client } from "@fairlead/rpc/call";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";

/** A way to call an adapter, and to let go of it. */
export interface AdapterConnection {
  readonly client: Client<typeof AdapterService>;
  close(): void;
}

/** Opens a connection to an adapter at an address that it announced. */
export type OpenAdapter = (provider: string, address: string) => AdapterConnection;

/** How providers are checked. */
export interface CheckSettings {
  /** Milliseconds between two checks of a provider that is well. 0: none is checked. */
  readonly checkMs: number;
  /** Milliseconds between two checks of a provider that is not. */
  readonly recheckMs: number;
  readonly checkTimeoutMs: number;
}

/** What a check brought. */
export interface CheckResult {
  readonly provider: string;
  readonly models: readonly string[];
  readonly answered: boolean;
}

/** What is known of a provider's checks. */
export interface CheckedProvider {
  readonly provider: string;
  readonly row: CheckRow | undefined;
  readonly checkedAt: number;
  readonly durationMs: number;
  /** How the last one failed. Unspecified: it did not. */
  readonly error: ErrorCode;
}

/** What the checks need. */
export interface CheckPorts {
  readonly bus: Bus;
  readonly openAdapter: OpenAdapter;
  readonly now: () => number;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** True for a provider that has an unhealthy target, so that its recovery is found soon. */
  readonly isUnwell: (provider: string) => boolean;
  readonly checked: (result: CheckResult) => void;
}

interface Provider {
  readonly addresses: Map<string, { readonly connection: AdapterConnection; seenAt: number }>;
  models: readonly string[];
  nextAt: number;
  turn: number;
  checking: boolean;
  /** False after an adapter said that it cannot be asked. */
  checkable: boolean;
  known: Omit<CheckedProvider, "provider">;
}

/** Milliseconds without an announcement after which an adapter is taken as gone. */
const GONE_MS = 10_000;
const MOST_PROVIDERS = 256;
const MOST_ADDRESSES = 256;
/** Checks at the same time. */
const MOST_CHECKING = 16;

/** Asks providers now and then whether they answer, through the adapters that announce themselves, by turns. */
export class Checks {
  readonly #settings: CheckSettings;
  readonly #ports: CheckPorts;
  readonly #providers = new Map<string, Provider>();
  readonly #hearing: Hearing;
  readonly #subscription: Subscription;
  readonly #closing = new AbortController();
  #checking = 0;

  constructor(settings: CheckSettings, ports: CheckPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#hearing = followHearing(ports.bus, ports.now);
    this.#subscription = ports.bus.subscribe(patterns.adapterAnnounced, (events) => {
      for (const { fact } of events) if (fact.case === "adapterAnnounced") this.#announced(fact.value);
    });
  }

  /** Starts the checks that are due. */
  tick(now: number): void {
    if (this.#settings.checkMs === 0) return;
    for (const [name, provider] of this.#providers) {
      this.#forgetGone(name, provider, now);
      const soonest = Math.min(provider.nextAt, provider.known.checkedAt + this.#paceOf(name, provider));
      if (provider.checking || !provider.checkable || provider.addresses.size === 0 || now < soonest) continue;
      if (this.#checking >= MOST_CHECKING) return;
      void this.#check(name, provider, now);
    }
  }

  /** Checks of a provider that ended alike; undefined where it is not checked. */
  rowOf(provider: string): CheckRow | undefined {
    return this.#providers.get(provider)?.known.row;
  }

  list(): CheckedProvider[] {
    return [...this.#providers].flatMap(([provider, { known }]) => (known.row === undefined ? [] : [{ provider, ...known }]));
  }

  async close(): Promise<void> {
    this.#hearing.close();
    this.#closing.abort();
    await this.#subscription.close();
    for (const { addresses } of this.#providers.values()) for (const { connection } of addresses.values()) connection.close();
    this.#providers.clear();
  }

  #paceOf(name: string, { known }: Provider): number {
    const unwell = known.row?.answered === false || this.#ports.isUnwell(name);
    return unwell ? Math.min(this.#settings.recheckMs, this.#settings.checkMs) : this.#settings.checkMs;
  }

  async #check(name: string, provider: Provider, now: number): Promise<void> {
    const live = [...provider.addresses.values()];
    const client = live[provider.turn++ % live.length]?.connection.client;
    if (client === undefined) return;
    provider.checking = true;
    this.#checking += 1;
    const started = performance.now();
    // The deadline is one of the machine's clock, whatever the clock that the checks are timed by.
    const options = { deadline: Date.now() + this.#settings.checkTimeoutMs, signal: this.#closing.signal };
    const error = await client.probe({}, options).then(
      () => ErrorCode.UNSPECIFIED,
      (thrown: unknown) => asFairleadError(thrown).code,
    );
    provider.checking = false;
    this.#checking -= 1;
    // A little sooner or later each time, so that replicas do not ask in step.
    provider.nextAt = Math.max(now, this.#ports.now()) + this.#settings.checkMs * (0.8 + 0.4 * this.#ports.random());
    if (!this.#closing.signal.aborted) this.#ended(name, provider, error, performance.now() - started);
  }

  #ended(name: string, provider: Provider, error: ErrorCode, durationMs: number): void {
    if (error === ErrorCode.UNIMPLEMENTED) {
      provider.checkable = false;
      provider.known = { ...provider.known, row: undefined };
      return;
    }
    // A provider that limits the rate of checks is there; it shows nothing else.
    const now = this.#ports.now();
    if (error !== ErrorCode.UNSPECIFIED && (attemptOutcome(error) === "neutral" || error === ErrorCode.RATE_LIMITED)) {
      provider.known = { ...provider.known, checkedAt: now };
      return;
    }
    const answered = error === ErrorCode.UNSPECIFIED;
    const row = provider.known.row;
    const next = row?.answered === answered ? { ...row, inARow: row.inARow + 1 } : { answered, inARow: 1 };
    provider.known = { row: next, checkedAt: now, durationMs, error };
    this.#ports.checked({ provider: name, models: provider.models, answered });
  }

  #announced({ description, leaving }: AdapterAnnounced): void {
    const { provider: name = "", address = "", models = [] } = description ?? {};
    if (name === "" || address === "") return;
    const provider = this.#providers.get(name) ?? this.#newProvider(name);
    if (provider === undefined) return;
    provider.models = models.map(({ model }) => model);
    const known = provider.addresses.get(address);
    if (leaving) {
      // A name stands for replicas that stay; gRPC itself sees which of them went.
      if (!address.includes("///")) this.#forget(provider, address);
    } else if (known !== undefined) known.seenAt = this.#ports.now();
    else if (provider.addresses.size < MOST_ADDRESSES) {
      provider.addresses.set(address, { connection: this.#ports.openAdapter(name, address), seenAt: this.#ports.now() });
      provider.checkable = true;
    }
  }

  #newProvider(name: string): Provider | undefined {
    if (this.#providers.size >= MOST_PROVIDERS) return undefined;
    // The first checks of many providers are spread over one pace.
    const nextAt = this.#ports.now() + Math.min(1_000, this.#settings.checkMs) * this.#ports.random();
    const known = { row: undefined, checkedAt: Number.POSITIVE_INFINITY, durationMs: 0, error: ErrorCode.UNSPECIFIED };
    const provider: Provider = { addresses: new Map(), models: [], nextAt, turn: 0, checking: false, checkable: true, known };
    this.#providers.set(name, provider);
    return provider;
  }

  #forgetGone(name: string, provider: Provider, now: number): void {
    for (const [address, { seenAt }] of provider.addresses) if (now - Math.max(seenAt, this.#hearing.deafUntil()) > GONE_MS) this.#forget(provider, address);
    if (provider.addresses.size === 0 && !provider.checking) this.#providers.delete(name);
  }

  #forget(provider: Provider, address: string): void {
    provider.addresses.get(address)?.connection.close();
    provider.addresses.delete(address);
  }
}
