import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import {
  type ReplayDecisionsRequest,
  type ReplayDecisionsResponse,
  ReplayDecisionsResponseSchema,
} from "@fairlead/contracts/replay/v1/replay_service";
import { Replay, type ReplayReport } from "@fairlead/decision/replay/replay-decisions";
import type { Totals } from "@fairlead/decision/replay/replay-totals";
import { findStrategy, STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { DecisionLog, DecisionSample } from "@fairlead/state/decision-log";
import { fromStore } from "../store-failure.ts";

/** What the handler takes. */
export interface ReplayDecisionsPorts {
  readonly decisions: DecisionLog;
  readonly descriptions: () => readonly ProviderDescription[];
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
const LONGEST_MS = 31 * DAY_MS;
const DEFAULT_SAMPLE = 5_000;
/** Requests decided in one go: some milliseconds of work, then others have their turn. */
const STEP = 200;

/** Serves ReplayDecisions. */
export function replayDecisions({ decisions, descriptions, now }: ReplayDecisionsPorts) {
  return async (request: ReplayDecisionsRequest): Promise<ReplayDecisionsResponse> => {
    const { policy, tenant, sampleLimit, ignoreRequestedModel } = request;
    if (policy === undefined) throw invalidField("policy", "is required", "required");
    if (policy.strategy !== "" && findStrategy(policy.strategy) === undefined) {
      throw invalidField("policy.strategy", `Unknown strategy; known are ${STRATEGY_NAMES.join(", ")}.`);
    }
    const end = request.end === undefined ? now() + 1 : timestampMs(request.end);
    const start = request.start === undefined ? end - DAY_MS : timestampMs(request.start);
    if (end < start) throw invalidField("end", "must not be before the start");
    if (end - start > LONGEST_MS) throw invalidField("start", "at most 31 days at once");
    const sample = await fromStore(
      decisions.sample({ start, end, tenant, limit: sampleLimit === 0 ? DEFAULT_SAMPLE : sampleLimit }),
    );
    const replay = new Replay({
      records: sample.records,
      descriptions: descriptions(),
      policy,
      anyModel: ignoreRequestedModel,
    });
    while (replay.step(STEP)) await new Promise((resolve) => setImmediate(resolve));
    return toResponse(replay.report(), sample);
  };
}

function toResponse(report: ReplayReport, { records, happened }: DecisionSample): ReplayDecisionsResponse {
  return create(ReplayDecisionsResponseSchema, {
    recorded: totalsOf(report.recorded),
    policy: totalsOf(report.policy),
    requests: BigInt(report.recorded.requests),
    requestsInTime: BigInt(happened),
    changedShare: report.changedShare,
    rejectedShare: report.rejectedShare,
    measuredShare: report.measuredShare,
    leftOut: BigInt(report.leftOut),
    models: report.models.map(({ provider, model, recorded, policy, evidence }) => ({
      provider,
      model,
      recordedRequests: BigInt(recorded),
      policyRequests: BigInt(policy),
      evidence: BigInt(evidence),
    })),
    categories: report.categories.map(({ category, recorded, policy, changedShare }) => ({
      category,
      recorded: totalsOf(recorded),
      policy: totalsOf(policy),
      changedShare,
    })),
    notes: notesOf(report, records.length, happened),
  });
}

function totalsOf({ requests, costPerSuccessNanoUsd, ...totals }: Totals) {
  return {
    ...totals,
    requests: BigInt(requests),
    ...(costPerSuccessNanoUsd === undefined ? {} : { costPerSuccessNanoUsd }),
  };
}

function notesOf(
  { measuredShare, rejectedShare, leftOut, recorded }: ReplayReport,
  sampled: number,
  happened: number,
): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} percent`;
  const notes = [
    "Circuits, load, budgets and what was learned from answers are not in the record and play no part.",
    "A changed request is taken to need as many tokens as it did.",
  ];
  if (recorded.requests === 0) notes.push("Nothing was recorded in this time.");
  else if (measuredShare + rejectedShare < 1) {
    notes.push(
      `For ${percent(1 - measuredShare - rejectedShare)} of the requests the figures rest on what adapters say of their models.`,
    );
  }
  if (sampled < happened) notes.push(`Of about ${happened} requests an even sample of ${sampled} was looked at.`);
  if (leftOut > 0)
    notes.push(
      `${leftOut} requests were left out: their model is not offered any more, or their record is incomplete.`,
    );
  return notes;
}
