import { create } from "@bufbuild/protobuf";
import { type ResetLearnedRequest, ResetLearnedResponseSchema } from "@fairlead/contracts/routing/v1/learning_service";
import type { Learning } from "../learning.ts";

/** Forgets what was learned, at every router. */
export function resetLearned(learning: Learning) {
  return async ({ context, provider, model }: ResetLearnedRequest) => {
    learning.reset(context, provider, model);
    return create(ResetLearnedResponseSchema);
  };
}
