/** How long a call took, by what there is to compare it with: a stream's first content, or each token of a whole answer. */
export type LatencyKind = "first_content" | "token";

/** What is learnt from a call that ended. */
export type CallMeasure =
  | { readonly kind: LatencyKind; readonly ms: number; readonly inFlight: number }
  /** The provider was overloaded, or did not answer in time. */
  | { readonly kind: "overloaded" };

/** How many calls of a target may be under way, and what that was learnt from. Plain data. */
export interface LimitState {
  /** Calls at the same time; a fraction is kept, so that small steps add up. */
  readonly limit: number;
  /** Usual latency in milliseconds by kind, a slow average. 0: not known. */
  readonly usual: Readonly<Record<LatencyKind, number>>;
  /** Latencies of the calls since the last step, each as a multiple of what is usual: their sum, number, and most in flight. */
  readonly slowness: number;
  readonly samples: number;
  readonly inFlight: number;
  /** Unix milliseconds of the last step up or down. */
  readonly steppedAt: number;
}

/** Bounds of a limit. */
export interface LimitBounds {
  readonly least: number;
  readonly most: number;
}

/** A step needs so many calls, and milliseconds since the last: single calls differ by far more than load does. */
const STEP_SAMPLES = 10;
const STEP_MS = 1_000;
/** Calls over which what is usual is averaged. */
const USUAL_WINDOW = 600;
/** Latency that still counts as usual, as a multiple of it. */
const TOLERANCE = 1.5;
/** Part of the way that a step goes. */
const SMOOTHING = 0.2;
/** What is left of a limit after an overload. */
const BACKOFF = 0.9;

/** A limit of which nothing is known yet. */
export function startLimit(limit: number, now: number): LimitState {
  return { limit, usual: { first_content: 0, token: 0 }, slowness: 0, samples: 0, inFlight: 0, steppedAt: now };
}

/**
 * Learns from a call how many calls a target bears. Where calls get slower than usual the limit falls in proportion; where
 * they do not, it rises by its square root, but only while at least half of it is used. An overload takes a tenth, once a
 * second. Source: the gradient algorithm with a long-term average (Gradient2) of Netflix's concurrency-limits.
 *
 * @param now unix milliseconds
 */
export function advanceLimit(state: LimitState, measure: CallMeasure, bounds: LimitBounds, now: number): LimitState {
  if (measure.kind === "overloaded") return backOff(state, bounds, now);
  const { kind, ms } = measure;
  if (!(ms > 0) || !Number.isFinite(ms)) return state;
  const usual = state.usual[kind] === 0 ? ms : state.usual[kind] + (ms - state.usual[kind]) / USUAL_WINDOW;
  const gathered: LimitState = {
    ...state,
    usual: { ...state.usual, [kind]: usual },
    slowness: state.slowness + ms / usual,
    samples: state.samples + 1,
    inFlight: Math.max(state.inFlight, measure.inFlight),
  };
  return gathered.samples >= STEP_SAMPLES && now - state.steppedAt >= STEP_MS ? step(gathered, bounds, now) : gathered;
}

function step(state: LimitState, bounds: LimitBounds, now: number): LimitState {
  const slowness = state.slowness / state.samples;
  const gradient = Math.min(1, Math.max(0.5, TOLERANCE / slowness));
  // A limit that is not used says nothing of what the target bears.
  const grows = state.inFlight * 2 >= state.limit;
  const aim = state.limit * gradient + (grows ? Math.sqrt(state.limit) : 0);
  const next = aim > state.limit && !grows ? state.limit : state.limit + (aim - state.limit) * SMOOTHING;
  return { ...state, limit: within(next, bounds), slowness: 0, samples: 0, inFlight: 0, steppedAt: now };
}

function backOff(state: LimitState, bounds: LimitBounds, now: number): LimitState {
  if (now - state.steppedAt < STEP_MS) return state;
  return { ...state, limit: within(state.limit * BACKOFF, bounds), slowness: 0, samples: 0, inFlight: 0, steppedAt: now };
}

function within(limit: number, { least, most }: LimitBounds): number {
  return Math.min(most, Math.max(least, limit));
}
