import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Circuit, CircuitSchema, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import {
  advanceBreaker,
  type BreakerEvent,
  type BreakerSettings,
  type BreakerState,
  CLOSED,
  type EndedCall,
} from "@fairlead/decision/fallback/advance-breaker";
import { readWindow } from "@fairlead/decision/fallback/failure-window";
import { mergeBreaker } from "@fairlead/decision/fallback/merge-breaker";
import { targetKey, type TargetName } from "@fairlead/decision/balancing/adapter-directory";

/** Circuits remembered at most; a target beyond them is called without one. */
const MAX_CIRCUITS = 10_000;

/** Failures of a provider in a row, over all its targets, that cast doubt on it. */
const DOUBT = 3;

/** What a board needs. */
export interface CircuitBoardSettings {
  readonly breaker: BreakerSettings;
  readonly now: () => number;
  /** Told of every change of a kind made here. */
  readonly changed: (circuit: Circuit) => void;
}

/** The circuit of one target, as this process sees it. */
export interface BoardEntry {
  readonly target: TargetName;
  state: BreakerState;
  /** While half open: whether this process is the one that lets probes through. */
  holds: boolean;
}

/** A call that was let through. */
export interface Passage {
  /** Undefined: without a circuit. */
  readonly entry: BoardEntry | undefined;
  /** Which call it is: its end counts only while its circuit has not changed. */
  readonly call: EndedCall;
}

/** Told of a circuit that has become, or is no longer, closed. */
export type CircuitListener = (entry: BoardEntry, before: BreakerState) => void;

/** The passage of a call beyond the circuits that are remembered. */
const UNWATCHED: Passage = { entry: undefined, call: { since: 0, number: 0 } };

const KINDS = { closed: CircuitState.CLOSED, open: CircuitState.OPEN, half_open: CircuitState.HALF_OPEN } as const;

/**
 * The circuits of all targets, as this process sees them. An open circuit turns half open only by `probe`, which one
 * process at a time is to call: there a few calls are let through, everywhere else none.
 */
export class CircuitBoard {
  readonly #settings: CircuitBoardSettings;
  readonly #entries = new Map<string, BoardEntry>();
  /** Open circuits by provider. */
  readonly #open = new Map<string, number>();
  /** Failures in a row by provider. */
  readonly #failed = new Map<string, number>();
  readonly #listeners: CircuitListener[] = [];

  constructor(settings: CircuitBoardSettings) {
    this.#settings = settings;
  }

  /** Hears of every change of a kind, whoever made it. */
  listen(listener: CircuitListener): void {
    this.#listeners.push(listener);
  }

  /** Lets a call through, or not: undefined. The end of one that was let through must be told. */
  ask(target: TargetName): Passage | undefined {
    const entry = this.#entry(target);
    if (entry === undefined) return UNWATCHED;
    const { kind } = entry.state;
    if (kind === "open" || (kind === "half_open" && !entry.holds) || !this.#advance(entry, "asked")) return undefined;
    return { entry, call: { since: entry.state.changedAt, number: entry.state.started } };
  }

  /** Tells the end of a call: it answered, it failed, or it says nothing about the target. */
  tell({ entry, call }: Passage, event: "succeeded" | "failed" | "abandoned"): void {
    if (entry !== undefined) this.#doubt(entry.target.provider, event);
    // While open no end says anything; its time is not told by one either.
    if (entry !== undefined && entry.state.kind !== "open") this.#advance(entry, event, call);
  }

  /** True while calls of the provider's targets fail one after the other, whichever they are, or a circuit of it is open. */
  doubtful(provider: string): boolean {
    return (this.#failed.get(provider) ?? 0) >= DOUBT || this.#open.has(provider);
  }

  /** True while a circuit of the provider is open. */
  troubled(provider: string): boolean {
    return this.#open.has(provider);
  }

  /** True while the circuit of a target is open. Unlike `ask` it lets nothing through. */
  isOpen(target: TargetName): boolean {
    return this.#entries.get(targetKey(target))?.state.kind === "open";
  }

  /** Milliseconds until the circuit of a target may be tried by time; 0: now. */
  opensInMs(target: TargetName): number {
    const state = this.#entries.get(targetKey(target))?.state;
    return state?.kind === "open" ? Math.max(0, state.openedAt + this.#settings.breaker.openMs - this.#settings.now()) : 0;
  }

  /**
   * Turns an open circuit half open, or takes the probing of a half open one over, so that this process lets probes
   * through.
   *
   * @param recovered true where the target was found to answer, so that its time needs not be over
   */
  probe(entry: BoardEntry, recovered: boolean): void {
    entry.holds = true;
    this.#advance(entry, entry.state.kind === "half_open" ? "taken_over" : recovered ? "recovered" : "elapsed");
  }

  /** Closes a circuit by hand. */
  reset(target: TargetName): Circuit {
    const entry = this.#entry(target);
    if (entry === undefined) return this.#toCircuit({ target, state: CLOSED, holds: false });
    this.#advance(entry, "reset");
    return this.#toCircuit(entry);
  }

  /** Takes over what another process saw, if it is newer. */
  adopt(circuit: Circuit): void {
    const entry = this.#entry(circuit);
    if (entry === undefined) return;
    const before = entry.state;
    const state = mergeBreaker(before, {
      kind: circuit.state === CircuitState.OPEN ? "open" : circuit.state === CircuitState.HALF_OPEN ? "half_open" : "closed",
      failures: circuit.consecutiveFailures,
      successes: circuit.halfOpenSuccesses,
      openedAt: circuit.openedAt === undefined ? 0 : timestampMs(circuit.openedAt),
      changedAt: circuit.changedAt === undefined ? 0 : timestampMs(circuit.changedAt),
    });
    if (state === before) return;
    entry.state = state;
    entry.holds = false;
    this.#noticed(entry, before);
  }

  /** All circuits that something has happened to, by provider, model and deployment. */
  list(): Circuit[] {
    const keyed = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return keyed.map(([, entry]) => this.#toCircuit(entry));
  }

  #advance(entry: BoardEntry, event: BreakerEvent, call?: EndedCall): boolean {
    const before = entry.state;
    const step = advanceBreaker(before, event, this.#settings.now(), this.#settings.breaker, call);
    entry.state = step.state;
    if (step.state.kind !== before.kind || event === "reset" || event === "taken_over") {
      this.#noticed(entry, before);
      this.#settings.changed(this.#toCircuit(entry));
    }
    return step.allowed;
  }

  #doubt(provider: string, event: "succeeded" | "failed" | "abandoned"): void {
    if (event === "succeeded") this.#failed.delete(provider);
    else if (event === "failed") this.#failed.set(provider, (this.#failed.get(provider) ?? 0) + 1);
  }

  #noticed(entry: BoardEntry, before: BreakerState): void {
    const { provider } = entry.target;
    const more = Number(entry.state.kind === "open") - Number(before.kind === "open");
    const open = (this.#open.get(provider) ?? 0) + more;
    if (open === 0) this.#open.delete(provider);
    else this.#open.set(provider, open);
    for (const listener of this.#listeners) listener(entry, before);
  }

  #entry(target: TargetName): BoardEntry | undefined {
    const key = targetKey(target);
    let entry = this.#entries.get(key);
    if (entry === undefined && this.#entries.size < MAX_CIRCUITS) {
      const { provider, model, deployment } = target;
      entry = { target: { provider, model, deployment }, state: CLOSED, holds: false };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #toCircuit({ target, state }: BoardEntry): Circuit {
    const { breaker, now } = this.#settings;
    const window = readWindow(state.window, now(), breaker.windowMs);
    const circuit = create(CircuitSchema, {
      ...target,
      state: KINDS[state.kind],
      consecutiveFailures: state.failures,
      halfOpenSuccesses: state.successes,
      windowCalls: Math.round(window.calls),
      windowFailures: Math.round(window.failures),
    });
    if (state.openedAt > 0) circuit.openedAt = timestampFromMs(state.openedAt);
    if (state.changedAt > 0) circuit.changedAt = timestampFromMs(state.changedAt);
    return circuit;
  }
}
