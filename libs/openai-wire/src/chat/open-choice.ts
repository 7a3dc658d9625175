import {
  finishedDelta,
  partDelta,
  reasoningDelta,
  reasoningSealedDelta,
  refusalDelta,
  textDelta,
  toolCallArgumentsDelta,
  toolCallStartedDelta,
} from "@fairlead/adapter-kit/deltas";
import { asCount, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { CHAT_DIALECT } from "../dialects.ts";
import { tellExtraFields } from "../extra-fields.ts";
import type { Flavor } from "../flavor.ts";
import {
  argumentsText,
  calledTools,
  callId,
  contentPieces,
  KNOWN_CHOICE,
  KNOWN_MESSAGE,
  MAX_TOOL_CALLS,
  reasoningText,
} from "./answer-fields.ts";
import { imageParts } from "./answer-media.ts";
import { CustomCalls } from "./custom-calls.ts";
import { fromChatFinishReason } from "./finish-reason.ts";
import { type DetailGatherer, gatherDetails } from "./reasoning-details.ts";
import { SoundGatherer } from "./sound-gatherer.ts";

const DELTA_FIELDS = { dialect: CHAT_DIALECT, known: KNOWN_MESSAGE, prefix: "delta." };
const CHOICE_FIELDS = { dialect: CHAT_DIALECT, known: KNOWN_CHOICE, prefix: "" };

interface OpenCall {
  readonly index: number;
  /** As the server told it; empty: it told none. */
  readonly id: string;
  empty: boolean;
}

/** One choice of a stream while it is open. */
export class OpenChoice {
  readonly #index: number;
  readonly #details: DetailGatherer;
  /** Calls by the provider's own numbers, which may have gaps or repeat. */
  readonly #calls = new Map<number, OpenCall>();
  #callCount = 0;
  readonly #customCalls = new CustomCalls();
  #sound: SoundGatherer | undefined;
  /** True once the choice told why it ended. */
  finished = false;

  constructor(index: number, flavor: Flavor) {
    this.#index = index;
    this.#details = gatherDetails(flavor);
  }

  /** Takes the choice's share of a chunk and adds the deltas that it means. What comes after the end is left out. */
  read(choice: JsonObject, deltas: ChatDelta[]): void {
    if (this.finished) return;
    const delta = asObject(choice["delta"]);
    this.#readDelta(delta, deltas);
    tellExtraFields(this.#index, delta, DELTA_FIELDS, deltas);
    tellExtraFields(this.#index, choice, CHOICE_FIELDS, deltas);
    const raw = asText(choice["finish_reason"]);
    if (raw !== "") this.#finish(raw, deltas);
  }

  #readDelta(delta: JsonObject, deltas: ChatDelta[]): void {
    const reasoning = reasoningText(delta);
    if (reasoning !== "") deltas.push(reasoningDelta(this.#index, reasoning));
    this.#details.take(delta["reasoning_details"]);
    for (const { kind, text } of contentPieces(delta["content"])) {
      if (kind === "text") this.#seal(deltas);
      deltas.push(kind === "text" ? textDelta(this.#index, text) : reasoningDelta(this.#index, text));
    }
    const refusal = asText(delta["refusal"]);
    if (refusal !== "") deltas.push(refusalDelta(this.#index, refusal));
    if (isObject(delta["audio"])) (this.#sound ??= new SoundGatherer()).take(delta["audio"]);
    for (const part of imageParts(delta["images"])) deltas.push(partDelta(this.#index, part));
    for (const call of calledTools(delta)) if (!this.#customCalls.take(call)) this.#readCall(call, deltas);
  }

  #readCall(call: JsonObject, deltas: ChatDelta[]): void {
    const called = asObject(call["function"]);
    const id = asText(call["id"]);
    const number =
      call["index"] === undefined ? (id === "" ? this.#callCount - 1 : this.#callCount) : asCount(call["index"]);
    let found = this.#calls.get(number);
    // Some servers number every call 0 and tell them apart by id alone.
    if (found === undefined || (id !== "" && found.id !== id)) {
      if (found !== undefined) this.#close(found, deltas);
      found = this.#open(id, asText(called["name"]), deltas);
      this.#calls.set(number, found);
    }
    const fragment = argumentsText(called["arguments"]);
    if (fragment === "") return;
    found.empty = false;
    deltas.push(toolCallArgumentsDelta(this.#index, found.index, fragment));
  }

  #open(id: string, name: string, deltas: ChatDelta[]): OpenCall {
    if (name === "") throw malformedAnswer("A tool call of the provider's stream has no name.");
    if (this.#callCount >= MAX_TOOL_CALLS) throw malformedAnswer("The provider's stream has too many tool calls.");
    this.#seal(deltas);
    const index = this.#callCount++;
    deltas.push(toolCallStartedDelta(this.#index, { index, id: callId(id, index), name, signature: stateToBytes("") }));
    return { index, id, empty: true };
  }

  /** A call without arguments has the arguments `{}`, as in an answer that is not streamed. */
  #close(call: OpenCall, deltas: ChatDelta[]): void {
    if (!call.empty) return;
    call.empty = false;
    deltas.push(toolCallArgumentsDelta(this.#index, call.index, "{}"));
  }

  /** Closes reasoning with the state that came with it. */
  #seal(deltas: ChatDelta[]): void {
    const state = this.#details.release();
    if (state !== "") deltas.push(reasoningSealedDelta(this.#index, stateToBytes(state), false));
  }

  #finish(raw: string, deltas: ChatDelta[]): void {
    this.finished = true;
    this.#seal(deltas);
    const sound = this.#sound?.part();
    if (sound !== undefined) deltas.push(partDelta(this.#index, sound));
    for (const call of this.#calls.values()) this.#close(call, deltas);
    for (const part of this.#customCalls.parts()) deltas.push(partDelta(this.#index, part));
    deltas.push(finishedDelta(this.#index, fromChatFinishReason(raw, this.#callCount + this.#customCalls.size > 0), raw));
  }
}
