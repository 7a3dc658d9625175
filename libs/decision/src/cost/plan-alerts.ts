import type { AlertSeverity } from "./reached-thresholds.ts";

/** An alert that should be known to people now. */
export interface WantedAlert {
  /** Stable name. */
  readonly alertId: string;
  /** What makes this time another than the last: the start of a budget's window. Told once for each. */
  readonly occasion: string;
  readonly severity: AlertSeverity;
  /** A sentence for its start. */
  readonly begun: string;
  /** A sentence for its end. */
  readonly over: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What replicas remember together of an alert. Whoever means to tell it says so first, and says afterwards that it was told;
 * one who dies in between is followed by another once its time is over, who tells it under the same name.
 */
export interface AlertNote {
  readonly alert: WantedAlert;
  /** Unix milliseconds at which it was raised first. */
  readonly raisedMs: number;
  readonly phase: "raising" | "told" | "resolving";
  /** Unix milliseconds up to which whoever is telling it may take; 0 once it is told. */
  readonly until: number;
}

/** Something to tell, and the notes before, while and after it is told. An undefined note is none. */
export interface AlertStep {
  readonly before: AlertNote | undefined;
  readonly during: AlertNote;
  readonly after: AlertNote | undefined;
}

/** What is known when alerts are planned. */
export interface AlertFacts {
  readonly wanted: readonly WantedAlert[];
  readonly notes: ReadonlyMap<string, AlertNote>;
  /** Whether an alert that is not wanted is over: false where it is not known. */
  readonly isOver: (alertId: string) => boolean;
  /** Unix milliseconds. */
  readonly now: number;
  /** Milliseconds that telling may take. */
  readonly tellMs: number;
}

/** What is to be told now: each alert once for each occasion, and its end once. An old occasion ends before a new one begins. */
export function planAlerts({ wanted, notes, isOver, now, tellMs }: AlertFacts): AlertStep[] {
  const until = now + tellMs;
  const steps: AlertStep[] = [];
  const seen = new Set<string>();
  for (const alert of wanted) {
    seen.add(alert.alertId);
    const note = notes.get(alert.alertId);
    if (note === undefined) steps.push(raise(undefined, { alert, raisedMs: now, phase: "raising", until }));
    else if (isFree(note, now)) steps.push(...nextOf(note, note.alert.occasion === alert.occasion, until));
  }
  for (const [alertId, note] of notes) {
    if (!seen.has(alertId) && isFree(note, now) && isOver(alertId)) steps.push(resolve(note, until));
  }
  return steps;
}

/** Nobody is telling it at the moment. */
function isFree(note: AlertNote, now: number): boolean {
  return note.phase === "told" || note.until <= now;
}

function nextOf(note: AlertNote, sameOccasion: boolean, until: number): AlertStep[] {
  if (!sameOccasion || note.phase === "resolving") return [resolve(note, until)];
  return note.phase === "raising" ? [raise(note, { ...note, until })] : [];
}

function raise(before: AlertNote | undefined, during: AlertNote): AlertStep {
  return { before, during, after: { ...during, phase: "told", until: 0 } };
}

function resolve(before: AlertNote, until: number): AlertStep {
  return { before, during: { ...before, phase: "resolving", until }, after: undefined };
}
