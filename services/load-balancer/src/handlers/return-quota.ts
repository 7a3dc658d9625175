import { create } from "@bufbuild/protobuf";
import {
  type ReturnQuotaRequest,
  type ReturnQuotaResponse,
  ReturnQuotaResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import type { QuotaLedger } from "@fairlead/state/quota-ledger";
import { fromLedger } from "../store-failure.ts";

/** Serves ReturnQuota. A share that is not known, or no longer, is taken as returned. */
export function returnQuota(quotas: QuotaLedger) {
  return async (request: ReturnQuotaRequest): Promise<ReturnQuotaResponse> => {
    const { account, quotaId, part, unusedRequests, unusedTokens } = request;
    await fromLedger(quotas.giveBack(account, { quotaId, part, unusedRequests, unusedTokens: Number(unusedTokens) }));
    return create(ReturnQuotaResponseSchema);
  };
}
