import { create } from "@bufbuild/protobuf";
import type { ModelDescription, ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import {
  ArbitrageKind,
  ArbitrageOpportunitySchema,
  type ListArbitrageRequest,
  type ListArbitrageResponse,
  ListArbitrageResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";
import {
  type ArbitrageOpportunity,
  DEFAULT_ARBITRAGE,
  type EffectivePrice,
  findArbitrage,
} from "@fairlead/decision/cost/find-arbitrage";
import type { EffectivePrices, MeasuredTarget } from "../effective-prices.ts";
import type { PriceBook } from "../price-book.ts";

/** What the handler takes. */
export interface ListArbitragePorts {
  readonly effectivePrices: Pick<EffectivePrices, "measured" | "toMessage">;
  readonly prices: Pick<PriceBook, "descriptions" | "at">;
  readonly now: () => number;
}

const KINDS = { same_model: ArbitrageKind.SAME_MODEL, same_class: ArbitrageKind.SAME_CLASS } as const;
const CAPABILITIES = [
  "tools",
  "streaming",
  "vision",
  "audioInput",
  "audioOutput",
  "files",
  "structuredOutput",
  "reasoning",
] as const;
const UNKNOWN_QUALITY = 0.5;

/** Serves ListArbitrage. */
export function listArbitrage({ effectivePrices, prices, now }: ListArbitragePorts) {
  return async (request: ListArbitrageRequest): Promise<ListArbitrageResponse> => {
    const measured = effectivePrices.measured();
    const found = findArbitrage(
      measured
        .map((target) => toEffectivePrice(target, prices.descriptions(), prices.at(target.provider, target.model, now())))
        .filter((price) => price !== undefined),
      {
        minSavingShare: request.minSavingShare ?? DEFAULT_ARBITRAGE.minSavingShare,
        minCalls: request.minCalls ?? DEFAULT_ARBITRAGE.minCalls,
        qualityTolerance: request.qualityTolerance ?? DEFAULT_ARBITRAGE.qualityTolerance,
        limit: request.limit === 0 ? DEFAULT_ARBITRAGE.limit : request.limit,
      },
    );
    const response = create(ListArbitrageResponseSchema, {
      effectivePrices: measured.map((target) => effectivePrices.toMessage(target)),
    });
    response.opportunities = found.map(toMessage);
    return response;
  };
}

/** A target that no adapter describes any more stands for nothing. */
function toEffectivePrice(
  target: MeasuredTarget,
  descriptions: readonly ProviderDescription[],
  listed: ModelPrice | undefined,
): EffectivePrice | undefined {
  const { provider, model, deployment, measured } = target;
  const description = descriptions.find((one) => one.provider === provider)?.models.find((one) => one.model === model);
  if (description === undefined) return undefined;
  return {
    provider,
    model,
    deployment,
    canonicalModel: description.canonicalModel || model,
    tier: description.tier,
    capabilities: capabilitiesOf(description),
    quality: description.strengths["overall"] ?? UNKNOWN_QUALITY,
    inputNanoUsd: measured.input ?? measured.blended,
    outputNanoUsd: measured.output ?? measured.blended,
    listed,
    promptTokens: measured.promptTokens,
    cacheHitShare: measured.cacheHitShare,
    calls: measured.calls,
    inputTokensPerDay: measured.inputTokensPerDay,
    outputTokensPerDay: measured.outputTokensPerDay,
  };
}

function capabilitiesOf({ capabilities }: ModelDescription): string[] {
  return CAPABILITIES.filter((name) => capabilities?.[name] === true);
}

function toMessage({ kind, ...opportunity }: ArbitrageOpportunity) {
  return create(ArbitrageOpportunitySchema, { ...opportunity, kind: KINDS[kind], caveats: [...opportunity.caveats] });
}
