import type { Arrival, Step } from "./replay.ts";

/** Requests over which a share of the traffic is taken. */
export const SHARE_WINDOW = 50;

/** The model chosen most in some requests, by its place. */
export function mostChosen(steps: readonly Step[]): number {
  const groups = [...Map.groupBy(steps, ({ chosen }) => chosen)];
  return groups.sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? 0;
}

/** From one request on, lets a share of a model's answers be wrong, whatever they were. */
export function turnBad(
  arrivals: readonly Arrival[],
  model: number,
  from: number,
  share: number,
  random: () => number,
): Arrival[] {
  return arrivals.map((arrival, index) => {
    // Drawn for each request, so that other shares meet the same draws.
    const spoiled = random() < share;
    if (index < from || !spoiled) return arrival;
    return {
      ...arrival,
      results: arrival.results.map((result, place) => (place === model ? { ...result, correct: 0 } : result)),
    };
  });
}

/** How soon a change was met; undefined: not until the end. */
export interface Reaction {
  /** Share of the requests that the model had in the window before the change. */
  readonly shareBefore: number;
  /** Requests after the change, the model's own and others, until its alarm. */
  readonly untilAlarm: number | undefined;
  /** Of them, those that went to the model. */
  readonly callsUntilAlarm: number | undefined;
  /** Requests after the change until its share of the last `SHARE_WINDOW` requests was less than half of before. */
  readonly untilHalved: number | undefined;
}

/** Looks at how the choice reacted to a model that turned bad. */
export function reactionOf(steps: readonly Step[], model: number, name: string, from: number): Reaction {
  const after = steps.slice(from);
  const shareBefore = shareOf(steps.slice(from - SHARE_WINDOW, from), model);
  const alarm = after.findIndex(({ alarms }) => alarms.includes(name));
  const calls = after.slice(0, alarm + 1).filter(({ chosen }) => chosen === model).length;
  return {
    shareBefore,
    untilAlarm: alarm < 0 ? undefined : alarm + 1,
    callsUntilAlarm: alarm < 0 ? undefined : calls,
    untilHalved: untilHalved(steps, model, from, shareBefore),
  };
}

function untilHalved(steps: readonly Step[], model: number, from: number, shareBefore: number): number | undefined {
  for (let after = 1; from + after <= steps.length; after++) {
    if (shareOf(steps.slice(from + after - SHARE_WINDOW, from + after), model) < shareBefore / 2) return after;
  }
  return undefined;
}

/** Share of requests that went to a model. */
export function shareOf(steps: readonly Step[], model: number): number {
  return steps.filter(({ chosen }) => chosen === model).length / Math.max(1, steps.length);
}
