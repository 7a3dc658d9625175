import type { BreakerState } from "@fairlead/decision/fallback/advance-breaker";
import { probeDelay, type ProbeSettings } from "@fairlead/decision/fallback/probe-delay";
import type { BoardEntry, CircuitBoard } from "./circuit-board.ts";

/** What a probe of a provider found. */
export type ProbeFinding = "answers" | "fails" | "cannot_tell";

/** What the watch needs. */
export interface RecoveryWatchSettings {
  readonly board: CircuitBoard;
  readonly probes: ProbeSettings;
  /** Milliseconds that a circuit stays open. */
  readonly openMs: number;
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Whether this process is the one to try, for a time, whether targets of a provider have recovered. */
  readonly claim: (name: string, forMs: number) => Promise<boolean>;
  /** Asks a provider whether it answers; never rejects. */
  readonly probe: (provider: string, deployment: string) => Promise<ProbeFinding>;
}

/** Milliseconds for which one process is the only one that tries; another takes over when they have passed. */
export const CLAIM_MS = 10_000;
/** Milliseconds between two looks at least. */
const LEAST_MS = 10;

/** Times are those of `performance.now()`, which no setting of the clock moves. */
interface Patient {
  /** When it is looked at next; infinite: only when its time is over. */
  nextAt: number;
  /** When it may be looked at at the earliest. */
  notBefore: number;
  /** Times in a row that its provider answered a probe and its calls failed nevertheless. */
  deceptions: number;
  /** True while half open because a probe was answered. */
  byProbe: boolean;
}

interface Ward {
  readonly name: string;
  readonly provider: string;
  readonly deployment: string;
  readonly patients: Map<BoardEntry, Patient>;
  timer: NodeJS.Timeout | undefined;
  looking: boolean;
}

/**
 * Finds out when the targets of open circuits have recovered: by asking their provider whether it answers, and by their
 * time being over. Of all replicas one does so for a provider's deployment at a time, by a claim in the shared store,
 * and only that one lets calls through while a circuit is half open. Where the store cannot be reached each acts alone.
 */
export class RecoveryWatch {
  readonly #settings: RecoveryWatchSettings;
  readonly #wards = new Map<string, Ward>();
  #closed = false;

  constructor(settings: RecoveryWatchSettings) {
    this.#settings = settings;
    settings.board.listen((entry, before) => this.#noticed(entry, before));
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#wards.values()) clearTimeout(timer);
    this.#wards.clear();
  }

  #noticed(entry: BoardEntry, before: BreakerState): void {
    if (this.#closed) return;
    const ward = this.#wardOf(entry);
    if (entry.state.kind === "closed") ward.patients.delete(entry);
    else this.#admit(ward, entry, before);
    if (ward.patients.size === 0) {
      clearTimeout(ward.timer);
      this.#wards.delete(ward.name);
    } else if (!ward.looking) this.#arm(ward);
  }

  #admit(ward: Ward, entry: BoardEntry, before: BreakerState): void {
    const { random, probes } = this.#settings;
    const known = ward.patients.get(entry) ?? { nextAt: 0, notBefore: 0, deceptions: 0, byProbe: false };
    known.notBefore = 0;
    if (entry.state.kind === "open") {
      if (before.kind === "half_open" && known.byProbe) known.deceptions += 1;
      known.byProbe = false;
      known.nextAt = performance.now() + probeDelay(known.deceptions, random(), probes);
    } else known.nextAt = performance.now() + CLAIM_MS;
    ward.patients.set(entry, known);
  }

  #wardOf({ target: { provider, deployment } }: BoardEntry): Ward {
    const name = deployment === "" ? provider : `${provider}/${deployment}`;
    let ward = this.#wards.get(name);
    if (ward === undefined) this.#wards.set(name, (ward = { name, provider, deployment, patients: new Map(), timer: undefined, looking: false }));
    return ward;
  }

  /** Milliseconds until a circuit is due. */
  #dueIn({ state }: BoardEntry, { nextAt, notBefore }: Patient): number {
    const byPlan = nextAt - performance.now();
    const byTime = state.kind === "open" ? this.#openForMs(state) : Number.POSITIVE_INFINITY;
    return Math.max(notBefore - performance.now(), Math.min(byPlan, byTime));
  }

  /** Milliseconds that a circuit stays open; none where it opened later than now, since then the clock was set back. */
  #openForMs({ openedAt }: BreakerState): number {
    const now = this.#settings.now();
    return openedAt > now ? 0 : openedAt + this.#settings.openMs - now;
  }

  #arm(ward: Ward): void {
    clearTimeout(ward.timer);
    let wait = Number.POSITIVE_INFINITY;
    for (const [entry, patient] of ward.patients) wait = Math.min(wait, this.#dueIn(entry, patient));
    const bounded = Math.min(Math.max(LEAST_MS, wait), this.#settings.openMs + CLAIM_MS);
    ward.timer = setTimeout(() => void this.#look(ward), bounded).unref();
  }

  async #look(ward: Ward): Promise<void> {
    ward.looking = true;
    const due = [...ward.patients].filter(([entry, patient]) => this.#dueIn(entry, patient) <= 0);
    if (due.length > 0) {
      const claimed = await this.#settings.claim(ward.name, CLAIM_MS).catch(() => true);
      if (claimed) await this.#treat(ward, due);
      else for (const [, patient] of due) patient.notBefore = performance.now() + CLAIM_MS / 2;
    }
    ward.looking = false;
    if (!this.#closed && ward.patients.size > 0) this.#arm(ward);
  }

  async #treat(ward: Ward, due: readonly [BoardEntry, Patient][]): Promise<void> {
    const { board, random, probes } = this.#settings;
    const unsure: [BoardEntry, Patient][] = [];
    for (const [entry, patient] of due) {
      const { state } = entry;
      if (state.kind === "half_open" && entry.holds) patient.nextAt = performance.now() + CLAIM_MS;
      else if (state.kind === "half_open" || (state.kind === "open" && this.#openForMs(state) <= 0)) board.probe(entry, false);
      else if (state.kind === "open") unsure.push([entry, patient]);
    }
    if (unsure.length === 0) return;
    const finding = await this.#settings.probe(ward.provider, ward.deployment);
    for (const [entry, patient] of unsure) {
      if (this.#closed || entry.state.kind !== "open") continue;
      if (finding === "answers") {
        patient.byProbe = true;
        board.probe(entry, true);
      } else patient.nextAt = finding === "fails" ? performance.now() + probeDelay(patient.deceptions, random(), probes) : Number.POSITIVE_INFINITY;
    }
  }
}
