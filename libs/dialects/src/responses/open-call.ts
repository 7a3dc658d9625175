import type { JsonValue } from "@bufbuild/protobuf";
import type { ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import type { EventSequence } from "./event-sequence.ts";
import { callDraft, type OutputItem } from "./output-item.ts";
import { isCompleteObject } from "../json-value.ts";

/** A call of a function of a streamed answer while it is open. Methods return the events to send. */
export class OpenCall {
  readonly #sequence: EventSequence;
  readonly #ids: { readonly id: string; readonly callId: string };
  readonly #position: number;
  readonly #call: Pick<ToolCallPart, "name" | "signature">;
  readonly #fields: Record<string, JsonValue> = {};
  readonly #write: (delta: string) => string;
  #arguments = "";

  constructor(
    sequence: EventSequence,
    ids: { readonly id: string; readonly callId: string },
    position: number,
    call: Pick<ToolCallPart, "name" | "signature">,
  ) {
    this.#sequence = sequence;
    this.#ids = ids;
    this.#position = position;
    this.#call = call;
    this.#write = sequence.deltas("response.function_call_arguments.delta", { item_id: ids.id, output_index: position });
  }

  /** True when nothing can follow: the arguments are complete JSON. */
  get complete(): boolean {
    return isCompleteObject(this.#arguments);
  }

  start(): string {
    return this.#sequence.event("response.output_item.added", { output_index: this.#position, item: this.#item("in_progress") });
  }

  /** A fragment of the arguments. */
  fragment(delta: string): string {
    if (delta === "") return "";
    this.#arguments += delta;
    return this.#write(delta);
  }

  /** A field of the call that is not known here; it is told with the whole call. */
  field(name: string, value: JsonValue): void {
    this.#fields[name] = value;
  }

  /** Ends the call. Arguments that never came are an empty object. */
  close(status: "completed" | "incomplete"): { readonly events: string; readonly item: OutputItem } {
    const empty = this.#arguments === "" ? this.fragment("{}") : "";
    const item = this.#item(status);
    const place = { item_id: this.#ids.id, output_index: this.#position };
    const whole = { ...place, name: this.#call.name, arguments: this.#arguments };
    const done = this.#sequence.event("response.function_call_arguments.done", whole);
    const closed = this.#sequence.event("response.output_item.done", { output_index: this.#position, item });
    return { events: empty + done + closed, item };
  }

  #item(status: "in_progress" | "completed" | "incomplete"): OutputItem {
    return { ...callDraft(this.#call, this.#ids.callId, this.#arguments, status, this.#fields), id: this.#ids.id };
  }
}
