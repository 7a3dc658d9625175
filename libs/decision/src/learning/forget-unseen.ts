import { type Evidence, fading } from "./evidence.ts";
import type { LearnedState } from "./learned-state.ts";
import type { LearningOptions } from "./learning-options.ts";

/** Outcomes below which evidence says nothing any more. */
const NOTHING = 0.05;

/** Forgets arms and contexts whose evidence has faded to nothing. */
export function forgetFaded(state: LearnedState, { halfLifeMs }: LearningOptions): void {
  const isFaded = ({ weight, rated, at }: Evidence) =>
    Math.max(weight, rated) * fading(at, state.at, halfLifeMs) < NOTHING;
  for (const [name, arm] of Object.entries(state.arms)) if (isFaded(arm)) forgetArm(state, name);
  for (const [key, context] of Object.entries(state.contexts)) {
    for (const [name, cell] of Object.entries(context.arms)) if (isFaded(cell)) delete context.arms[name];
    if (Object.keys(context.arms).length === 0) delete state.contexts[key];
  }
}

/** Forgets an arm in all contexts. */
export function forgetArm(state: LearnedState, name: string): void {
  delete state.arms[name];
  for (const context of Object.values(state.contexts)) delete context.arms[name];
}

/** The entry unseen for longest, where a record is full; otherwise none. */
export function oldestOfFull(
  record: Readonly<Record<string, { readonly at: number }>>,
  limit: number,
): string | undefined {
  const entries = Object.entries(record);
  if (entries.length < limit) return undefined;
  return entries.reduce((oldest, entry) => (entry[1].at < oldest[1].at ? entry : oldest))[0];
}
