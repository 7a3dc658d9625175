import type { StreamDecoder } from "@fairlead/adapter-kit/delta-source";
import { startedDelta, usageDelta } from "@fairlead/adapter-kit/deltas";
import type { ServerSentEvent } from "@fairlead/adapter-kit/event-decoder";
import { asCount, asList, asObject, asText } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { eventObject } from "@fairlead/adapter-kit/stream-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { CHAT_DIALECT } from "../dialects.ts";
import { refuseErrorObject } from "../error-object.ts";
import { createFieldTeller } from "../extra-fields.ts";
import type { Flavor } from "../flavor.ts";
import { asUnixSeconds, KNOWN_TOP, MAX_CHOICES } from "./answer-fields.ts";
import { OpenChoice } from "./open-choice.ts";
import { fromChatUsage } from "../usage.ts";

/** What a stream is read by. */
export interface ChatStreamSettings {
  readonly flavor: Flavor;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Decodes a stream of chat completion chunks. It is complete with `[DONE]` once every choice told why it ended; where the
 * server omits that mark, with its end.
 */
export function createChatStream({ flavor, now }: ChatStreamSettings): StreamDecoder {
  const choices = new Map<number, OpenChoice>();
  const tellFields = createFieldTeller({ dialect: CHAT_DIALECT, known: KNOWN_TOP, prefix: "chunk." });
  /** Choices that told why they ended. */
  let ended = 0;
  let started = false;
  let usage: TokenUsage | undefined;
  let done = false;

  function push(event: ServerSentEvent, deltas: ChatDelta[]): void {
    if (done) return;
    if (event.data === "[DONE]") return finish(deltas);
    const chunk = eventObject(event);
    // An error after the last word takes nothing back: OpenRouter reports so that the limit was reached.
    if (!complete()) refuseErrorObject(chunk, now);
    const listed = asList(chunk["choices"]);
    if (!started && (listed.length > 0 || asText(chunk["id"]) !== "")) {
      started = true;
      deltas.push(startedDelta(asText(chunk["id"]), asText(chunk["model"]), asUnixSeconds(chunk["created"])));
    }
    if (started) tellFields(chunk, deltas);
    for (const listedChoice of listed) {
      const choice = asObject(listedChoice);
      const open = choiceAt(asCount(choice["index"]));
      if (open.finished) continue;
      refuseErrorObject(choice, now);
      open.read(choice, deltas);
      if (open.finished) ended++;
    }
    usage = fromChatUsage(chunk["usage"]) ?? fromChatUsage(asObject(chunk["x_groq"])["usage"]) ?? usage;
  }

  function choiceAt(index: number): OpenChoice {
    let open = choices.get(index);
    if (open === undefined) {
      if (choices.size >= MAX_CHOICES) throw malformedAnswer("The provider's stream has too many choices.");
      open = new OpenChoice(index, flavor);
      choices.set(index, open);
    }
    return open;
  }

  function complete(): boolean {
    return choices.size > 0 && ended === choices.size;
  }

  function finish(deltas: ChatDelta[]): void {
    if (!complete()) throw malformedAnswer("The provider's stream ended without a reason.");
    if (usage !== undefined) deltas.push(usageDelta(usage));
    done = true;
  }

  return {
    push,
    get done() {
      return done;
    },
    end(deltas) {
      if (done) return;
      if (flavor.doneMarker) throw malformedAnswer("The provider's stream was cut off.");
      finish(deltas);
    },
  };
}
