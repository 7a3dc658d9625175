import type { JsonObject } from "@fairlead/adapter-kit/json";
import { inAnswerFailure } from "@fairlead/adapter-kit/provider-failure";

/**
 * Throws what an error means that came as a line of a stream or as a body with status 200.
 *
 * @throws FairleadError
 */
export function refuseErrorObject(body: JsonObject, now: number): void {
  if (body["error"] !== undefined && body["error"] !== null) throw inAnswerFailure(body, now);
}
