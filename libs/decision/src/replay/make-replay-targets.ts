import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ModelDescription, ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import { TargetStateSchema } from "@fairlead/contracts/balancing/v1/target";
import { CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { Verdict } from "@fairlead/contracts/sla/v1/health";
import { priceAt } from "../cost/price-at.ts";
import type { Target } from "../routing/target.ts";
import { failureRateOf, type MeasuredRecord } from "./recorded-figures.ts";

/** The targets as they were at a time: what adapters say of them, the price of that time, and what the record measured. */
export interface ReplayTargets {
  at(occurredMs: number): readonly Target[];
}

/** Makes the targets of a replay. Between two changes of prices they are the same. */
export function makeReplayTargets(
  descriptions: readonly ProviderDescription[],
  measured: MeasuredRecord,
): ReplayTargets {
  const changes = priceChanges(descriptions);
  const known = new Map<number, readonly Target[]>();
  return {
    at(occurredMs) {
      const epoch = changes.filter((change) => change <= occurredMs).length;
      let targets = known.get(epoch);
      if (targets === undefined) {
        targets = descriptions.flatMap((one) =>
          one.models.map((model) => makeTarget(one, model, measured, occurredMs)),
        );
        known.set(epoch, targets);
      }
      return targets;
    },
  };
}

function priceChanges(descriptions: readonly ProviderDescription[]): number[] {
  const dates = descriptions.flatMap(({ models }) =>
    models.flatMap(({ prices }) => prices.map(({ effectiveFrom }) => effectiveFrom)),
  );
  return [...new Set(dates.filter((date) => date !== undefined).map(timestampMs))];
}

function makeTarget(
  { provider, local, dialects }: ProviderDescription,
  model: ModelDescription,
  measured: MeasuredRecord,
  atMs: number,
): Target {
  return {
    provider,
    model,
    deployment: "",
    region: "",
    weight: 1,
    limits: undefined,
    local,
    dialects,
    price: priceAt(model.prices, atMs),
    effectivePrice: undefined,
    state: stateOf(provider, model.model, measured),
    verdict: Verdict.HEALTHY,
    verdictReason: "",
  };
}

function stateOf(provider: string, model: string, measured: MeasuredRecord): Target["state"] {
  const key = `${provider}/${model}`;
  const figures = measured.byTarget.get(key);
  if (figures === undefined) return undefined;
  const { latencies, firstTokenMs, tokensPerSecond } = figures;
  return create(TargetStateSchema, {
    provider,
    model,
    weight: 1,
    latencyMs: latencies.length === 0 ? 0 : latencies.reduce((sum, value) => sum + value, 0) / latencies.length,
    firstTokenMs,
    tokensPerSecond,
    successRate: 1 - failureRateOf(measured, key),
    evidence: latencies.length,
    circuit: CircuitState.CLOSED,
    requestHeadroom: 1,
    tokenHeadroom: 1,
  });
}
