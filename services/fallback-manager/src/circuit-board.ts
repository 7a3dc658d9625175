import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Circuit, CircuitSchema, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import {
  advanceBreaker,
  type BreakerEvent,
  type BreakerSettings,
  type BreakerState,
  CLOSED,
} from "@fairlead/decision/fallback/advance-breaker";

/** Circuits remembered at most; a target beyond them is called without one. */
const MAX_CIRCUITS = 10_000;

/** What a board needs. */
export interface CircuitBoardSettings {
  readonly breaker: BreakerSettings;
  readonly now: () => number;
  /** Told of every change of a kind made here. */
  readonly changed: (circuit: Circuit) => void;
}

/** A call that was let through. */
export interface Passage {
  readonly provider: string;
  readonly model: string;
  /** When the circuit that let it through had changed last: its end counts only while that is still so. */
  readonly since: number;
}

interface Entry {
  readonly provider: string;
  readonly model: string;
  state: BreakerState;
  timer: NodeJS.Timeout | undefined;
}

const KINDS = { closed: CircuitState.CLOSED, open: CircuitState.OPEN, half_open: CircuitState.HALF_OPEN } as const;

/** The circuits of all targets, as this process sees them. */
export class CircuitBoard {
  readonly #settings: CircuitBoardSettings;
  readonly #entries = new Map<string, Entry>();

  constructor(settings: CircuitBoardSettings) {
    this.#settings = settings;
  }

  /** Lets a call through, or not: undefined. The end of one that was let through must be told. */
  ask(provider: string, model: string): Passage | undefined {
    if (!this.#advance(provider, model, "asked")) return undefined;
    return { provider, model, since: this.#entry(provider, model)?.state.changedAt ?? 0 };
  }

  /** Tells the end of a call: it answered, it failed, or it says nothing about the target. */
  tell({ provider, model, since }: Passage, event: "succeeded" | "failed" | "abandoned"): void {
    this.#advance(provider, model, event, since);
  }

  /** Closes a circuit by hand. */
  reset(provider: string, model: string): Circuit {
    this.#advance(provider, model, "reset");
    return this.#find(provider, model);
  }

  /** Takes over what another process saw, if it is newer. */
  adopt(circuit: Circuit): void {
    const entry = this.#entry(circuit.provider, circuit.model);
    const changedAt = circuit.changedAt === undefined ? 0 : timestampMs(circuit.changedAt);
    if (entry === undefined || changedAt <= entry.state.changedAt) return;
    entry.state = {
      kind: circuit.state === CircuitState.OPEN ? "open" : circuit.state === CircuitState.HALF_OPEN ? "half_open" : "closed",
      failures: circuit.consecutiveFailures,
      successes: circuit.halfOpenSuccesses,
      probes: 0,
      openedAt: circuit.openedAt === undefined ? 0 : timestampMs(circuit.openedAt),
      changedAt,
    };
    this.#watchOpen(entry);
  }

  /** All circuits that something has happened to, by provider and model. */
  list(): Circuit[] {
    const sorted = [...this.#entries.values()].sort((a, b) => (keyOf(a.provider, a.model) < keyOf(b.provider, b.model) ? -1 : 1));
    return sorted.map(toCircuit);
  }

  close(): void {
    for (const entry of this.#entries.values()) clearTimeout(entry.timer);
  }

  #find(provider: string, model: string): Circuit {
    const entry = this.#entries.get(keyOf(provider, model));
    return toCircuit(entry ?? { provider, model, state: CLOSED, timer: undefined });
  }

  #advance(provider: string, model: string, event: BreakerEvent, since?: number): boolean {
    const entry = this.#entry(provider, model);
    if (entry === undefined) return true;
    const before = entry.state;
    const step = advanceBreaker(before, event, this.#settings.now(), this.#settings.breaker, since);
    entry.state = step.state;
    if (step.state.kind !== before.kind || event === "reset") {
      this.#watchOpen(entry);
      this.#settings.changed(toCircuit(entry));
    }
    return step.allowed;
  }

  /** An open circuit turns half open by time, so that routers learn that the target may be tried. */
  #watchOpen(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    if (entry.state.kind !== "open") return;
    const wait = Math.max(1, entry.state.openedAt + this.#settings.breaker.openMs - this.#settings.now());
    entry.timer = setTimeout(() => this.#advance(entry.provider, entry.model, "elapsed"), wait).unref();
  }

  #entry(provider: string, model: string): Entry | undefined {
    const key = keyOf(provider, model);
    let entry = this.#entries.get(key);
    if (entry === undefined && this.#entries.size < MAX_CIRCUITS) {
      entry = { provider, model, state: CLOSED, timer: undefined };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

function keyOf(provider: string, model: string): string {
  return `${provider}/${model}`;
}

function toCircuit({ provider, model, state }: Entry): Circuit {
  const circuit = create(CircuitSchema, {
    provider,
    model,
    state: KINDS[state.kind],
    consecutiveFailures: state.failures,
    halfOpenSuccesses: state.successes,
  });
  if (state.openedAt > 0) circuit.openedAt = timestampFromMs(state.openedAt);
  if (state.changedAt > 0) circuit.changedAt = timestampFromMs(state.changedAt);
  return circuit;
}
