import type { JsonObject } from "@fairlead/adapter-kit/json";
import { inAnswerFailure } from "@fairlead/adapter-kit/provider-failure";

/**
 * Throws what an error means that came with status 200: Cohere's errors are a message in words beside nothing else,
 * where an answer has an object and an event a type.
 *
 * @throws FairleadError
 */
export function refuseErrorObject(body: JsonObject, now: number): void {
  if (body["error"] !== undefined && body["error"] !== null) throw inAnswerFailure(body, now);
  if (typeof body["message"] === "string") throw inAnswerFailure(body, now);
}

/**
 * Throws where an answer ended because it failed: what there is of it is no answer.
 *
 * @param error words of Cohere, if there are any
 * @throws FairleadError PROVIDER_ERROR, TIMEOUT, or what the words mean
 */
export function refuseFailedFinish(reason: string, error: string, now: number): void {
  if (reason === "ERROR") throw inAnswerFailure({ type: "server_error", message: error }, now);
  if (reason === "TIMEOUT") throw inAnswerFailure({ type: "timeout", message: error }, now);
}
