import { create } from "@bufbuild/protobuf";
import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CacheState, type RouteReport, RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";

/** A report with something in every field, of an answer that fell back once. */
export const sampleReport: RouteReport = create(RouteReportSchema, {
  requestId: "req-1",
  provider: "anthropic",
  model: "claude-x",
  decision: { strategy: "cost", confidence: 0.87654321, reasons: ["Cheapest of three."] },
  attempts: [
    {
      number: 1,
      provider: "openai",
      model: "gpt-x",
      tier: "primary",
      errorCode: ErrorCode.RATE_LIMITED,
      errorMessage: "Too many requests.",
      durationMs: 12,
    },
    {
      number: 2,
      provider: "anthropic",
      model: "claude-x",
      tier: "secondary",
      durationMs: 340,
      costNanoUsd: 1_234_567n,
    },
  ],
  costNanoUsd: 1_234_567n,
  cache: CacheState.MISS,
  traceId: "0af7651916cd43dd8448eb211c80319c",
  adaptations: [{ field: "seed", kind: AdaptationKind.DROPPED, detail: "The provider has no seed." }],
  fellBack: true,
});

/** The report as callers of every dialect see it. */
export const sampleExtension = {
  request_id: "req-1",
  provider: "anthropic",
  model: "claude-x",
  strategy: "cost",
  confidence: 0.87654321,
  reasons: ["Cheapest of three."],
  attempts: [
    {
      number: 1,
      provider: "openai",
      model: "gpt-x",
      tier: "primary",
      error: { code: "rate_limited", message: "Too many requests." },
      duration_ms: 12,
      cost_usd: "0",
      skipped: false,
    },
    {
      number: 2,
      provider: "anthropic",
      model: "claude-x",
      tier: "secondary",
      duration_ms: 340,
      cost_usd: "0.001234567",
      skipped: false,
    },
  ],
  cost_usd: "0.001234567",
  cache: "miss",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  fell_back: true,
    hedged: false,
  adaptations: [{ field: "seed", kind: "dropped", detail: "The provider has no seed." }],
};
