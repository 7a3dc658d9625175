import { isCompleteObject } from "../json-value.ts";
import type { BlockWriter } from "./block-writer.ts";

interface Call {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly fields: Record<string, unknown>;
  text: string;
  opened: boolean;
}

/**
 * Brings the calls of a turn into one sequence of blocks. Providers may send the pieces of parallel calls mixed, but
 * only one block is open at a time: the first unfinished call goes out as it comes, calls behind it wait. A call is
 * known to be finished when its arguments are complete JSON and the next begins, or at the end of all calls. A call
 * opens with what follows its start, because more may be told of it by then.
 */
export class ToolQueue {
  readonly #writer: BlockWriter;
  /** Calls that began and are not closed; the first is the one that goes out. */
  #calls: Call[] = [];

  constructor(writer: BlockWriter) {
    this.#writer = writer;
  }

  /** A call begins. */
  start(index: number, id: string, name: string): string {
    const events = this.#open(this.#calls[0]);
    this.#calls.push({ index, id, name, fields: {}, text: "", opened: false });
    return events + this.#advance();
  }

  /** What the newest call says beside its arguments. False: it is too late for that, or there is none. */
  field(name: string, value: unknown): boolean {
    const newest = this.#calls.at(-1);
    if (newest === undefined || newest.opened) return false;
    newest.fields[name] = value;
    return true;
  }

  /** A fragment of a call's arguments; for a call that is closed already it comes too late and is left out. */
  fragment(index: number, fragment: string): string {
    const call = this.#calls.find((begun) => begun.index === index);
    if (call === undefined) return "";
    if (call !== this.#calls[0]) {
      call.text += fragment;
      return "";
    }
    const opening = this.#open(call);
    call.text += fragment;
    return opening + this.#writer.inputJson(fragment) + this.#advance();
  }

  /** No more calls follow: closes the open one and sends those that waited. */
  flush(): string {
    if (this.#calls.length === 0) return "";
    const calls = this.#calls;
    this.#calls = [];
    return calls.map((call) => this.#open(call)).join("") + this.#writer.close();
  }

  /** A finished call is followed by the next, which may have waited with some of its arguments. */
  #advance(): string {
    let events = "";
    while (this.#calls.length > 1 && isCompleteObject(this.#calls[0]?.text ?? "")) {
      this.#calls.shift();
      if (this.#calls[0]?.text !== "") events += this.#open(this.#calls[0]);
    }
    return events;
  }

  #open(call: Call | undefined): string {
    if (call === undefined || call.opened) return "";
    call.opened = true;
    return this.#writer.toolUse(call.id, call.name, call.fields) + this.#writer.inputJson(call.text);
  }
}
