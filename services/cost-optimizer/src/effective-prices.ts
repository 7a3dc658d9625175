import { create } from "@bufbuild/protobuf";
import { type EffectivePrice, EffectivePriceSchema } from "@fairlead/contracts/cost/v1/cost_service";
import type { CostLine } from "@fairlead/contracts/events/v1/event";
import { targetKey } from "@fairlead/decision/balancing/adapter-directory";
import {
  advanceEffectivePrice,
  type EffectivePriceState,
  type MeasuredPrice,
  readEffectivePrice,
} from "@fairlead/decision/cost/advance-effective-price";
import { mergeEffectivePrice } from "@fairlead/decision/cost/merge-effective-price";
import type { SharedNotes } from "@fairlead/state/shared-notes";
import type { PriceBook } from "./price-book.ts";

/** What measuring needs. */
export interface EffectivePricesPorts {
  readonly notes: SharedNotes;
  readonly prices: Pick<PriceBook, "at">;
  readonly now: () => number;
  /** Told what a target is measured to cost now. */
  readonly onPrice: (key: string, price: EffectivePrice) => void;
}

/** A target and what it was measured to cost. */
export interface MeasuredTarget {
  readonly provider: string;
  readonly model: string;
  readonly deployment: string;
  readonly measured: MeasuredPrice;
}

interface Known {
  readonly name: Pick<MeasuredTarget, "provider" | "model" | "deployment">;
  readonly state: EffectivePriceState;
}

type NoteJson = Known["name"] & { readonly state: EffectivePriceState };

const TOPIC = "effective-prices";
/** Targets that are measured. */
const MOST_TARGETS = 5_000;
/** Milliseconds between two foldings, and between two readings of what others folded. */
const FOLD_MS = 1_000;
const READ_MS = 10_000;
/** Notes folded in one turn. */
const MOST_A_TURN = 50;

/** What targets were measured to cost, caching included, over the calls that all replicas settled. */
export class EffectivePrices {
  readonly #ports: EffectivePricesPorts;
  readonly #pending = new Map<string, Known>();
  readonly #known = new Map<string, Known>();
  #foldedAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(ports: EffectivePricesPorts) {
    this.#ports = ports;
  }

  /** Takes in what calls cost. A call whose price is not known tells nothing. */
  add(lines: readonly CostLine[], atMs: number): void {
    for (const { provider, model, deployment, usage, costNanoUsd } of lines) {
      const price = this.#ports.prices.at(provider, model, atMs);
      if (price === undefined || usage === undefined) continue;
      const key = targetKey({ provider, model, deployment });
      const pending = this.#pending.get(key);
      if (pending === undefined && this.#pending.size >= MOST_TARGETS) continue;
      const state = advanceEffectivePrice(pending?.state, { usage, costNanoUsd, price, atMs });
      this.#pending.set(key, { name: { provider, model, deployment }, state });
    }
  }

  /** Folds what is pending into what all replicas share, and reads what others folded. Rejects with StateError. */
  async turn(): Promise<void> {
    const now = this.#ports.now();
    if (now - this.#readAt >= READ_MS) {
      this.#readAt = now;
      for (const [key, note] of await this.#ports.notes.read(TOPIC)) this.#learn(key, note);
    }
    if (now - this.#foldedAt < FOLD_MS) return;
    this.#foldedAt = now;
    await this.flush();
  }

  /** Folds what is pending, up to a bound. Rejects with StateError. */
  async flush(): Promise<void> {
    const keys = [...this.#pending.keys()].slice(0, MOST_A_TURN);
    if (keys.length === 0) return;
    const notes = await this.#ports.notes.readSome(TOPIC, keys);
    for (const key of keys) await this.#fold(key, notes.get(key));
  }

  /** What was measured, by name of the target. */
  measured(): MeasuredTarget[] {
    const now = this.#ports.now();
    return [...this.#known.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { name, state }]) => {
        const measured = readEffectivePrice(state, now);
        return measured === undefined ? [] : [{ ...name, measured }];
      });
  }

  /** What a target was measured to cost, as the contract has it. */
  toMessage({ provider, model, deployment, measured }: MeasuredTarget): EffectivePrice {
    const price = this.#ports.prices.at(provider, model, this.#ports.now());
    return create(EffectivePriceSchema, {
      provider,
      model,
      deployment,
      // Of what was not seen, the price is that of the list.
      input: measured.input ?? price?.input ?? 0n,
      output: measured.output ?? price?.output ?? 0n,
      cacheHitShare: measured.cacheHitShare,
      evidence: measured.calls,
    });
  }

  async #fold(key: string, note: string | undefined): Promise<void> {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    const shared = note === undefined ? undefined : (JSON.parse(note) as NoteJson).state;
    const next = JSON.stringify({
      ...pending.name,
      state: mergeEffectivePrice(shared, pending.state),
    } satisfies NoteJson);
    // Taken away before waiting: what comes meanwhile is pending for the next turn.
    this.#pending.delete(key);
    let folded = false;
    try {
      folded = await this.#ports.notes.swap(TOPIC, key, note, next);
    } finally {
      if (!folded) this.#putBack(key, pending);
    }
    if (folded) this.#learn(key, next);
  }

  #putBack(key: string, { name, state }: Known): void {
    this.#pending.set(key, { name, state: mergeEffectivePrice(this.#pending.get(key)?.state, state) });
  }

  #learn(key: string, note: string): void {
    const { state, ...name } = JSON.parse(note) as NoteJson;
    const known = this.#known.get(key);
    if (known !== undefined && known.state.atMs === state.atMs && known.state.calls === state.calls) return;
    this.#known.set(key, { name, state });
    const measured = readEffectivePrice(state, this.#ports.now());
    if (measured !== undefined) this.#ports.onPrice(key, this.toMessage({ ...name, measured }));
  }
}
