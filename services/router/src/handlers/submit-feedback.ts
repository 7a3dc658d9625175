import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type SubmitFeedbackRequest, SubmitFeedbackResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { RouterEvents } from "../events.ts";
import type { Learning } from "../learning.ts";
import { DEFAULT_TENANT } from "../request-context.ts";

/** Tells every router how good an answer was. The comment stays with whoever gave it. */
export function submitFeedback(learning: Learning, events: RouterEvents) {
  return async ({ requestId, tenant: given, score, label }: SubmitFeedbackRequest) => {
    const tenant = given === "" ? DEFAULT_TENANT : given;
    if (!learning.knows(requestId, tenant)) {
      throw failure(ErrorCode.NOT_FOUND, "request_id: no answer of this name is known for this tenant.", {
        violations: [{ field: "request_id", description: "No answer of this name is known for this tenant.", rule: "fairlead.feedback" }],
      });
    }
    events.feedbackGiven(requestId, tenant, score, label);
    return create(SubmitFeedbackResponseSchema);
  };
}
