import { isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { inAnswerFailure } from "@fairlead/adapter-kit/provider-failure";

/**
 * Throws what an error means that came as an event of a stream or as a body with status 200; xAI's is a text.
 *
 * @throws FairleadError
 */
export function refuseErrorObject(body: JsonObject, now: () => number): void {
  const { error } = body;
  if (isObject(error) || (typeof error === "string" && error !== "")) throw inAnswerFailure(body, now());
}
