import { create } from "@bufbuild/protobuf";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import {
  type AcquireLeaseRequest,
  type AcquireLeaseResponse,
  AcquireLeaseResponseSchema,
} from "@fairlead/contracts/cost/v1/cost_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, invalidField } from "@fairlead/rpc/fairlead-error";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { BudgetLedger } from "@fairlead/state/budget-ledger";
import type { CostOptimizerConfig } from "../config.ts";
import type { CostBook } from "../cost-book.ts";
import type { CostMetrics } from "../metrics.ts";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface AcquireLeasePorts {
  readonly ledger: BudgetLedger;
  readonly book: Pick<CostBook, "touch" | "budget">;
  readonly metrics: Pick<CostMetrics, "granted">;
  readonly tools: Pick<ServiceTools, "now" | "newId">;
  readonly config: Pick<CostOptimizerConfig, "leaseMs" | "holdMs">;
}

/** Outstanding holds may free room at any moment. */
const HOLDS_RETURN_MS = 250;

/** Serves AcquireLease. */
export function acquireLease({ ledger, book, metrics, tools, config }: AcquireLeasePorts) {
  return async (request: AcquireLeaseRequest): Promise<AcquireLeaseResponse> => {
    const { budgetId, holder } = request;
    const now = tools.now();
    const outcome = await fromStore(
      ledger.grant({
        budgetId,
        holder,
        leaseId: tools.newId(),
        minimum: request.minimumNanoUsd,
        wanted: request.wantedNanoUsd,
        now,
        validForMs: config.leaseMs,
        holdForMs: config.holdMs,
      }),
    );
    metrics.granted(outcome.kind);
    if (outcome.kind === "granted") {
      book.touch(budgetId);
      return create(AcquireLeaseResponseSchema, { lease: outcome.lease });
    }
    if (outcome.kind === "unknown_budget") throw unknownBudget(book.budget(budgetId)?.budget?.window);
    const mayComeBack = outcome.leased > 0n;
    throw failure(ErrorCode.BUDGET_EXCEEDED, `Budget ${budgetId} has no room for this in its current window.`, {
      retryable: mayComeBack,
      retryAfterMs: mayComeBack ? HOLDS_RETURN_MS : Math.max(0, outcome.windowEnd - now),
    });
  };
}

function unknownBudget(window: BudgetWindow | undefined) {
  if (window === BudgetWindow.REQUEST) {
    return invalidField("budget_id", "a budget of single requests is checked by the router and has no leases");
  }
  return failure(ErrorCode.NOT_FOUND, "There is no such budget.");
}
