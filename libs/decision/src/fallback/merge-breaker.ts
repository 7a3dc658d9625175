import { type BreakerState, CLOSED } from "./advance-breaker.ts";

/** What another process told of a circuit. */
export type BreakerReport = Pick<BreakerState, "kind" | "failures" | "successes" | "openedAt" | "changedAt">;

/** Of two reports of the same time the more careful one counts, so that the order of arrival does not. */
const CARE: Readonly<Record<BreakerState["kind"], number>> = { closed: 0, half_open: 1, open: 2 };

/**
 * A circuit after what another process told of it: the later change counts. Times of changes rise by at least one with
 * every change (see `advanceBreaker`), as in the hybrid logical clocks of Kulkarni et al. (2014), so that processes whose
 * clocks differ come to the same state. Calls under way here say nothing about a state that came from elsewhere.
 */
export function mergeBreaker(state: BreakerState, told: BreakerReport): BreakerState {
  if (told.changedAt < state.changedAt) return state;
  if (told.changedAt === state.changedAt && CARE[told.kind] <= CARE[state.kind]) return state;
  const { kind, failures, successes, openedAt, changedAt } = told;
  return { ...CLOSED, kind, failures: kind === "closed" ? 0 : failures, successes, openedAt, changedAt };
}
