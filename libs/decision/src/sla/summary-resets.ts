import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type MetricsSummary, MetricsSummarySchema } from "@fairlead/contracts/sla/v1/summary";
import { type AnsweredReset, ProviderResetSchema, type SummaryResets, SummaryResetsSchema, type TargetTally } from "@fairlead/contracts/sla/v1/tally";
import { withoutTallies } from "./merge-tallies.ts";
import { figuresOf, summariseProviders } from "./summarise-tallies.ts";

/** Everything that was counted, and since when. */
export interface Counted {
  /** Unix milliseconds. */
  readonly since: number;
  readonly targets: readonly TargetTally[];
}

/** What a summary is asked for. */
export interface Wanted {
  /** Empty: all. */
  readonly provider: string;
  readonly byModel: boolean;
}

/** Resets that are remembered by their request id. */
const MOST_ANSWERED = 8;

/** The summary of what was counted after the reset that holds for each provider. */
export function summariseSinceReset({ since, targets }: Counted, resets: SummaryResets, wanted: Wanted, now: number): MetricsSummary {
  const whole = Math.max(since, Number(resets.resetUnixMs));
  const own = new Map(resets.providers.map(({ provider, resetUnixMs }) => [provider, Number(resetUnixMs)]));
  const startOf = (provider: string) => Math.max(whole, own.get(provider) ?? 0);
  return summarise(withoutTallies(targets, resets.base), wanted, startOf, now);
}

/**
 * The summary of counts.
 *
 * @param startOf Unix milliseconds since which a provider's are counted; of all where the provider is empty
 * @param end Unix milliseconds
 */
export function summarise(targets: readonly TargetTally[], { provider, byModel }: Wanted, startOf: (provider: string) => number, end: number): MetricsSummary {
  const meant = provider === "" ? targets : targets.filter((target) => target.provider === provider);
  const providers = summariseProviders(meant, byModel);
  for (const one of providers) one.start = timestampFromMs(startOf(one.provider));
  return create(MetricsSummarySchema, { start: timestampFromMs(startOf(provider)), end: timestampFromMs(end), total: figuresOf(meant), providers });
}

/** From where the summary counts after a reset of a provider, or of all where it is empty. */
export function resetSummary(resets: SummaryResets, { targets }: Counted, provider: string, now: number): SummaryResets {
  const { answered } = resets;
  const resetUnixMs = BigInt(now);
  if (provider === "") return create(SummaryResetsSchema, { resetUnixMs, base: [...targets], answered });
  const isOther = (one: { readonly provider: string }) => one.provider !== provider;
  return create(SummaryResetsSchema, {
    resetUnixMs: resets.resetUnixMs,
    providers: [...resets.providers.filter(isOther), create(ProviderResetSchema, { provider, resetUnixMs })],
    base: [...resets.base.filter(isOther), ...targets.filter((target) => !isOther(target))],
    answered,
  });
}

/** Remembers what a reset answered, so that the same can be answered alike; the oldest makes room. */
export function rememberAnswer(resets: SummaryResets, answer: AnsweredReset): SummaryResets {
  return create(SummaryResetsSchema, { ...resets, answered: [...resets.answered, answer].slice(-MOST_ANSWERED) });
}
