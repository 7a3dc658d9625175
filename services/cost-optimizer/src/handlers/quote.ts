import { create } from "@bufbuild/protobuf";
import { TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import { type QuoteRequest, type QuoteResponse, QuoteResponseSchema } from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { priceUsage } from "@fairlead/decision/cost/price-usage";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { PriceBook } from "../price-book.ts";

/** What the handler takes. */
export interface QuotePorts {
  readonly prices: Pick<PriceBook, "at">;
  readonly now: () => number;
}

/** Serves Quote. A price that is not known is an error, never zero. */
export function quote({ prices, now }: QuotePorts) {
  return async ({ provider, model, usage }: QuoteRequest): Promise<QuoteResponse> => {
    const price = prices.at(provider, model, now());
    if (price === undefined) throw failure(ErrorCode.MODEL_NOT_FOUND, "The price of this model is not known.");
    const costNanoUsd = priceUsage(price, usage ?? create(TokenUsageSchema));
    return create(QuoteResponseSchema, { costNanoUsd, price });
  };
}
