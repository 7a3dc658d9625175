import { create } from "@bufbuild/protobuf";
import { type TallySlice, TallySliceSchema, type TargetTally, TargetTallySchema } from "@fairlead/contracts/sla/v1/tally";

/** Counts by target. */
export type Tallies = Map<string, TargetTally>;

/** Targets that are told apart; all beyond are counted as one. */
export const MOST_TARGETS = 1_000;
/** What stands for all beyond. */
const OTHER = "other";

/** The counts of a target, where attempts are counted; of what stands for all beyond where there is no room for another. */
export function tallyFor(tallies: Tallies, provider: string, model: string): TargetTally {
  const key = keyOf(provider, model);
  const known = tallies.get(key);
  if (known !== undefined) return known;
  if (tallies.size >= MOST_TARGETS && provider !== OTHER) return tallyFor(tallies, OTHER, OTHER);
  const tally = create(TargetTallySchema, { provider, model });
  tallies.set(key, tally);
  return tally;
}

/** Adds counts to those of the same targets. */
export function addTallies(into: Tallies, added: Iterable<TargetTally>): void {
  for (const tally of added) {
    const known = tallyFor(into, tally.provider, tally.model);
    combine(known, tally, (left, right) => left + right);
  }
}

/** What is left of counts when others are taken off; never less than nothing. The counts stay as they are. */
export function withoutTallies(tallies: Iterable<TargetTally>, taken: Iterable<TargetTally>): TargetTally[] {
  const base = new Map([...taken].map((tally) => [keyOf(tally.provider, tally.model), tally]));
  return [...tallies].map((tally) => {
    const off = base.get(keyOf(tally.provider, tally.model));
    const left = create(TargetTallySchema, { provider: tally.provider, model: tally.model });
    combine(left, tally, (_, counted) => counted);
    if (off !== undefined) combine(left, off, (counted, before) => (counted > before ? counted - before : 0n));
    return left;
  });
}

/** Puts two copies of slices together: of each target the one with more attempts, since both counted the same events. */
export function joinSlices(one: readonly TallySlice[], other: readonly TallySlice[]): TallySlice[] {
  const joined = new Map<bigint, Tallies>();
  for (const { startUnixMs, targets } of [...one, ...other]) {
    const slice = joined.get(startUnixMs) ?? new Map<string, TargetTally>();
    joined.set(startUnixMs, slice);
    for (const tally of targets) {
      const key = keyOf(tally.provider, tally.model);
      if ((slice.get(key)?.attempts ?? 0n) < tally.attempts) slice.set(key, tally);
    }
  }
  return [...joined].map(([startUnixMs, slice]) => create(TallySliceSchema, { startUnixMs, targets: [...slice.values()] }));
}

/** How many attempts slices hold. */
export function attemptsIn(slices: readonly TallySlice[]): bigint {
  return slices.reduce((sum, { targets }) => targets.reduce((inner, { attempts }) => inner + attempts, sum), 0n);
}

type Combine = (left: bigint, right: bigint) => bigint;

function combine(into: TargetTally, tally: TargetTally, each: Combine): void {
  into.attempts = each(into.attempts, tally.attempts);
  into.succeeded = each(into.succeeded, tally.succeeded);
  into.followUps = each(into.followUps, tally.followUps);
  into.hedges = each(into.hedges, tally.hedges);
  into.inputTokens = each(into.inputTokens, tally.inputTokens);
  into.outputTokens = each(into.outputTokens, tally.outputTokens);
  into.costNanoUsd = each(into.costNanoUsd, tally.costNanoUsd);
  into.latencyUs = each(into.latencyUs, tally.latencyUs);
  into.firstContentUs = each(into.firstContentUs, tally.firstContentUs);
  combineBins(into.errors, tally.errors, each);
  combineBins(into.latencies, tally.latencies, each);
  combineBins(into.firstContents, tally.firstContents, each);
}

function combineBins(into: { [bin: number]: bigint }, bins: { readonly [bin: number]: bigint }, each: Combine): void {
  for (const [key, count] of Object.entries(bins)) {
    const bin = Number(key);
    const combined = each(into[bin] ?? 0n, count);
    if (combined === 0n) delete into[bin];
    else into[bin] = combined;
  }
}

function keyOf(provider: string, model: string): string {
  return `${provider}\u0001${model}`;
}
