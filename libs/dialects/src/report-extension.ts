import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Attempt } from "@fairlead/contracts/errors/v1/error";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { formatNanoUsd } from "./nano-usd.ts";
import { adaptationWord, cacheWord, errorWord } from "./report-words.ts";

/** The `fairlead` object in answers of every dialect. Money is exact decimal dollars. */
export interface ReportExtension {
  readonly request_id: string;
  readonly provider: string;
  readonly model: string;
  readonly strategy: string;
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly attempts: readonly AttemptExtension[];
  readonly cost_usd: string;
  /** none, bypass, miss or hit. */
  readonly cache: string;
  readonly trace_id: string;
  readonly fell_back: boolean;
  /** stale_cache or fixed_text where every target failed. */
  readonly degraded?: string;
  readonly deployment?: string;
  readonly hedged: boolean;
  readonly quality_score?: number;
  readonly adaptations: readonly AdaptationExtension[];
}

/** One call of a target. Without an error it succeeded. */
export interface AttemptExtension {
  readonly number: number;
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  readonly deployment?: string;
  readonly hedge?: boolean;
  readonly failed_check?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly duration_ms: number;
  readonly cost_usd: string;
  readonly skipped: boolean;
}

/** A field of the request that the provider could not take as it was. */
export interface AdaptationExtension {
  readonly field: string;
  readonly kind: string;
  readonly detail: string;
}

/**
 * How an answer was made, as callers of every dialect see it.
 *
 * @param leftOut what of the answer has no place in the caller's dialect
 */
export function toReportExtension(
  report: RouteReport,
  adaptations: readonly Adaptation[] = report.adaptations,
  leftOut: readonly Adaptation[] = [],
): ReportExtension {
  const told = report.adaptations.length > 0 ? report.adaptations : adaptations;
  return {
    request_id: report.requestId,
    provider: report.provider,
    model: report.model,
    strategy: report.decision?.strategy ?? "",
    confidence: report.decision?.confidence ?? 0,
    reasons: report.decision?.reasons ?? [],
    attempts: report.attempts.map(toAttemptExtension),
    cost_usd: formatNanoUsd(report.costNanoUsd),
    cache: cacheWord(report.cache),
    trace_id: report.traceId,
    fell_back: report.fellBack,
    ...(report.degraded === "" ? {} : { degraded: report.degraded }),
    ...(report.deployment === "" ? {} : { deployment: report.deployment }),
    hedged: report.hedged,
    ...(report.qualityScore === undefined ? {} : { quality_score: report.qualityScore }),
    adaptations: [...told, ...leftOut].map(({ field, kind, detail }) => ({
      field,
      kind: adaptationWord(kind),
      detail,
    })),
  };
}

/** An attempt, as callers of every dialect see it. */
export function toAttemptExtension(attempt: Attempt): AttemptExtension {
  const failed = attempt.errorCode !== ErrorCode.UNSPECIFIED;
  return {
    number: attempt.number,
    provider: attempt.provider,
    model: attempt.model,
    tier: attempt.tier,
    ...(attempt.deployment === "" ? {} : { deployment: attempt.deployment }),
    ...(attempt.hedge ? { hedge: true } : {}),
    ...(attempt.failedCheck === "" ? {} : { failed_check: attempt.failedCheck }),
    ...(failed ? { error: { code: errorWord(attempt.errorCode), message: attempt.errorMessage } } : {}),
    duration_ms: attempt.durationMs,
    cost_usd: formatNanoUsd(attempt.costNanoUsd),
    skipped: attempt.skipped,
  };
}
