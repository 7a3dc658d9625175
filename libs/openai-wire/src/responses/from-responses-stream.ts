import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import { finishedDelta, startedDelta, usageDelta } from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { inAnswerFailure } from "@fairlead/adapter-kit/provider-failure";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { asUnixSeconds } from "../chat/answer-fields.ts";
import { RESPONSES_DIALECT } from "../dialects.ts";
import { createFieldTeller } from "../extra-fields.ts";
import { fromResponsesUsage } from "../usage.ts";
import { fromResponseStatus } from "./finish-reason.ts";
import type { Maker } from "./from-response.ts";
import { OpenItems } from "./open-items.ts";
import { KNOWN_RESPONSE, refuseFailedResponse, saidFields } from "./response-fields.ts";

/** What a stream is read by. */
export interface ResponsesStreamSettings extends Maker {
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Begins the names of extra fields that belong to the whole response. */
const RESPONSE_FIELD = "response.";

/**
 * Decodes a stream of the Responses API. It is complete with `response.completed` or `response.incomplete`; there is no
 * `[DONE]`, and an end without one of them is none.
 */
export function createResponsesStream({ now, ...maker }: ResponsesStreamSettings): StreamDecoder {
  const items = new OpenItems(maker);
  const tellFields = createFieldTeller({ dialect: RESPONSES_DIALECT, known: KNOWN_RESPONSE, prefix: RESPONSE_FIELD });
  let started = false;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    if (done) return;
    if (event.data === "[DONE]") throw malformedAnswer("The provider's stream ended without a reason.");
    const said = eventObject(event);
    const type = asText(said["type"]);
    if (type === "error" || isObject(said["error"])) throw inAnswerFailure(said, now());
    const response = asObject(said["response"]);
    switch (type) {
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        return start(response, deltas);
      case "response.failed":
      case "response.cancelled":
        refuseFailedResponse({ status: "failed", ...response }, now);
        throw malformedAnswer("The provider's stream failed without a reason.");
      case "response.completed":
      case "response.incomplete":
        return finish(type === "response.completed" ? "completed" : "incomplete", response, deltas);
      default:
        items.read(type, said, deltas);
    }
  }

  function start(response: JsonObject, deltas: ChatDelta[]): void {
    if (started) return;
    started = true;
    deltas.push(startedDelta(asText(response["id"]), asText(response["model"]), asUnixSeconds(response["created_at"])));
    tellFields(saidFields(response), deltas);
  }

  function finish(status: string, response: JsonObject, deltas: ChatDelta[]): void {
    refuseFailedResponse(response, now);
    start(response, deltas);
    items.close(asList(response["output"]), deltas);
    tellFields(saidFields(response), deltas);
    const { reason, raw } = fromResponseStatus({ ...response, status }, items.calls > 0);
    deltas.push(finishedDelta(0, reason, raw));
    const usage = fromResponsesUsage(response["usage"]);
    if (usage !== undefined) deltas.push(usageDelta(usage));
    done = true;
  }

  return {
    push,
    get done() {
      return done;
    },
    end() {
      if (!done) throw malformedAnswer("The provider's stream was cut off.");
    },
  };
}
