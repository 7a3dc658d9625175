import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type ListLearnedRequest, ListLearnedResponseSchema } from "@fairlead/contracts/routing/v1/learning_service";
import { describeLearned } from "@fairlead/decision/learning/describe-learned";
import { DEFAULT_LEARNING } from "@fairlead/decision/learning/learning-options";
import { describePredictionErrors } from "@fairlead/decision/learning/prediction-error";
import type { Learning } from "../learning.ts";

/** Lists what was learned. */
export function listLearned(learning: Learning) {
  return async ({ context: asked }: ListLearnedRequest) => {
    const rows = describeLearned(learning.state, DEFAULT_LEARNING).flatMap((row) => {
      const context = row.context === undefined ? "" : `${row.context.category}/${row.context.complexity}`;
      if (asked !== "" && asked !== context) return [];
      return [
        {
          context,
          ...named(row.arm),
          calls: row.evidence,
          ratings: row.ratings,
          success: row.success?.mean ?? 0,
          quality: row.quality?.mean ?? 0,
          qualityLow: row.quality?.low ?? 0,
          qualityHigh: row.quality?.high ?? 0,
          costNanoUsd: BigInt(Math.round(row.costNanoUsd ?? 0)),
          latencyMs: row.latencyMs ?? 0,
          ...(row.lastChangeAt === undefined ? {} : { changedAt: timestampFromMs(row.lastChangeAt) }),
        },
      ];
    });
    const errors = describePredictionErrors(learning.errors).rows.flatMap(({ arm, ratings, brier, costError, latencyError }) =>
      arm === undefined
        ? []
        : [{ ...named(arm), outcomes: ratings, qualityBrier: brier ?? 0, costRelative: costError ?? 0, latencyRelative: latencyError ?? 0 }],
    );
    return create(ListLearnedResponseSchema, { arms: rows, errors });
  };
}

function named(arm: string): { provider: string; model: string } {
  const slash = arm.indexOf("/");
  return { provider: arm.slice(0, slash), model: arm.slice(slash + 1) };
}
