import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  type AcquireQuotaRequest,
  type AcquireQuotaResponse,
  AcquireQuotaResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { QuotaLedger } from "@fairlead/state/quota-ledger";
import type { LoadBalancerConfig } from "../config.ts";
import type { LoadBalancerMetrics } from "../metrics.ts";
import { fromLedger } from "../store-failure.ts";

/** What the handler takes. */
export interface AcquireQuotaPorts {
  readonly quotas: QuotaLedger;
  readonly metrics: Pick<LoadBalancerMetrics, "quota">;
  readonly tools: Pick<ServiceTools, "newId">;
  readonly config: Pick<LoadBalancerConfig, "quotaBurst" | "quotaValidMs">;
}

/** Serves AcquireQuota. */
export function acquireQuota({ quotas, metrics, tools, config }: AcquireQuotaPorts) {
  return async (request: AcquireQuotaRequest): Promise<AcquireQuotaResponse> => {
    const quotaId = tools.newId();
    const ask = {
      quotaId,
      requestsPerMinute: request.requestsPerMinute,
      tokensPerMinute: Number(request.tokensPerMinute),
      burst: config.quotaBurst,
      validForMs: config.quotaValidMs,
      wantedRequests: request.wantedRequests,
      wantedTokens: Number(request.wantedTokens),
      minimumTokens: Number(request.minimumTokens),
    };
    const answer = await fromLedger(quotas.acquire(request.account, ask), () => metrics.quota("failed"));
    metrics.quota(answer.kind);
    if (answer.kind === "granted") {
      return create(AcquireQuotaResponseSchema, {
        quotaId,
        requests: answer.requests,
        tokens: BigInt(answer.tokens),
        validFor: durationFromMs(config.quotaValidMs),
      });
    }
    if (answer.retryAfterMs === Number.POSITIVE_INFINITY) return create(AcquireQuotaResponseSchema);
    return create(AcquireQuotaResponseSchema, { retryAfter: durationFromMs(Math.ceil(answer.retryAfterMs)) });
  };
}
