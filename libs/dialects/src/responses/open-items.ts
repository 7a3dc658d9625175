import type { JsonValue } from "@bufbuild/protobuf";
import type { ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import type { AnswerNames } from "./answer-names.ts";
import type { EventSequence } from "./event-sequence.ts";
import { OpenCall } from "./open-call.ts";
import { OpenMessage } from "./open-message.ts";
import { OpenReasoning } from "./open-reasoning.ts";
import { type OutputItem, reasoningSeal, type ReasoningState } from "./output-item.ts";

type Status = "completed" | "incomplete";

interface Open<T> {
  readonly position: number;
  readonly item: T;
}

interface Closed {
  readonly events: string;
  readonly item: OutputItem;
}

const UNSEALED: ReasoningState = { signature: new Uint8Array(0), redacted: false, provider: "", deployment: "", id: "" };

/**
 * The items of a streamed answer, numbered densely. An item opens with its first content; words and reasoning end when
 * another item opens, a call when its arguments are complete and another item opens, and all at the end. What seals
 * reasoning names its maker, so reasoning is told whole once that is known.
 */
export class OpenItems {
  readonly #sequence: EventSequence;
  readonly #names: AnswerNames;
  /** By position; a place is empty while its item is open. */
  readonly #done: OutputItem[] = [];
  /** Who answers; empty: not known yet. */
  provider = "";
  #count = 0;
  #message: Open<OpenMessage> | undefined;
  #reasoning: Open<OpenReasoning> | undefined;
  /** Reasoning that ended and is not told whole. */
  #thought: (Open<OpenReasoning> & { readonly state: ReasoningState })[] = [];
  /** Calls by the numbers that their fragments refer to. */
  readonly #calls = new Map<number, Open<OpenCall>>();
  /** The call that opened last, where nothing else did since. */
  #lastCall: OpenCall | undefined;

  constructor(sequence: EventSequence, names: AnswerNames) {
    this.#sequence = sequence;
    this.#names = names;
  }

  /** The items that are done, in order. */
  get done(): readonly OutputItem[] {
    return this.#done;
  }

  /** True while reasoning is open. */
  get thinks(): boolean {
    return this.#reasoning !== undefined;
  }

  /** Writes to the open message or a new one. */
  toMessage(write: (message: OpenMessage) => string): string {
    if (this.#message !== undefined && !this.#message.item.over) return write(this.#message.item);
    const { opening, position } = this.#next();
    const item = new OpenMessage(this.#sequence, this.#names.items.plain("msg", position), position);
    this.#message = { position, item };
    return opening + item.start() + write(item);
  }

  /** Writes to the open reasoning or a new one. */
  toReasoning(write: (reasoning: OpenReasoning) => string): string {
    if (this.#reasoning !== undefined) return write(this.#reasoning.item);
    const { opening, position } = this.#next();
    const item = new OpenReasoning(this.#sequence, this.#names.items.plain("rs", position), position);
    this.#reasoning = { position, item };
    return opening + item.start() + write(item);
  }

  /** Ends reasoning with its state, which makes one where none is open. */
  seal(state: ReasoningState): string {
    if (this.#reasoning === undefined && state.signature.length === 0) return "";
    return this.toReasoning(() => "") + this.#endReasoning(state);
  }

  /** Opens a call. @param index that its fragments refer to */
  startCall(index: number, call: Pick<ToolCallPart, "id" | "name" | "signature">): string {
    const { opening, position } = this.#next();
    const { items } = this.#names;
    const ids = { id: items.plain("fc", position), callId: call.id === "" ? items.plain("call", position) : call.id };
    const item = new OpenCall(this.#sequence, ids, position, call);
    this.#calls.set(index, { position, item });
    this.#lastCall = item;
    return opening + item.start();
  }

  /** More arguments of a call; what comes after its end is left out. */
  fragment(index: number, fragment: string): string {
    return this.#calls.get(index)?.item.fragment(fragment) ?? "";
  }

  /** A field of what was written last. */
  field(name: string, value: JsonValue): string {
    if (this.#message !== undefined) return this.#message.item.field(name, value);
    this.#lastCall?.field(name, value);
    return "";
  }

  /** An item that comes whole. */
  whole(named: (position: number) => OutputItem): string {
    const { opening, position } = this.#next();
    const item = named(position);
    this.#done[position] = item;
    const place = { output_index: position, item };
    const added = this.#sequence.event("response.output_item.added", place);
    return opening + added + this.#sequence.event("response.output_item.done", place);
  }

  /** Ends what is open; the last item tells whether the answer was cut off. */
  finish(status: Status): string {
    const last = this.#count - 1;
    const statusAt = (position: number) => (position === last ? status : "completed");
    return this.#endMessage(statusAt) + this.#endReasoning(UNSEALED) + this.#tellThoughts(true) + this.#endCalls(() => true, statusAt);
  }

  /** Ends what ends when another item opens, and tells where that one stands. */
  #next(): { readonly opening: string; readonly position: number } {
    const completed = () => "completed" as const;
    this.#lastCall = undefined;
    const opening = this.#endMessage(completed) + this.#endReasoning(UNSEALED) + this.#endCalls((call) => call.complete, completed);
    return { opening, position: this.#count++ };
  }

  #endMessage(status: (position: number) => Status): string {
    if (this.#message === undefined) return "";
    const { position, item } = this.#message;
    this.#message = undefined;
    return this.#keep(position, item.close(status(position)));
  }

  #endReasoning(state: ReasoningState): string {
    if (this.#reasoning === undefined) return "";
    const open = this.#reasoning;
    this.#reasoning = undefined;
    this.#thought.push({ ...open, state });
    return open.item.endText() + this.#tellThoughts(false);
  }

  #tellThoughts(all: boolean): string {
    let events = "";
    for (let next = this.#thought[0]; next !== undefined; next = this.#thought[0]) {
      const { position, item, state } = next;
      if (!all && this.#names.sealed && this.provider === "" && state.provider === "") break;
      this.#thought.shift();
      events += this.#keep(position, item.close(reasoningSeal(item.text, state, this.provider, this.#names)));
    }
    return events;
  }

  #endCalls(ends: (call: OpenCall) => boolean, status: (position: number) => Status): string {
    let events = "";
    for (const [index, { position, item }] of this.#calls) {
      if (!ends(item)) continue;
      this.#calls.delete(index);
      events += this.#keep(position, item.close(status(position)));
    }
    return events;
  }

  #keep(position: number, { events, item }: Closed): string {
    this.#done[position] = item;
    return events;
  }
}
