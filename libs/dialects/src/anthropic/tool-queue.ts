import type { BlockWriter } from "./block-writer.ts";

interface Call {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  text: string;
}

/**
 * Brings the calls of a turn into one sequence of blocks. Providers may send the pieces of parallel calls mixed, but
 * only one block is open at a time: the first unfinished call goes out as it comes, calls behind it wait. A call is
 * known to be finished when its arguments are complete JSON and the next begins, or at the end of all calls.
 */
export class ToolQueue {
  readonly #writer: BlockWriter;
  /** Calls that opened and are not closed; the first is the one that goes out. */
  #calls: Call[] = [];

  constructor(writer: BlockWriter) {
    this.#writer = writer;
  }

  /** A call opens. */
  start(index: number, id: string, name: string): string {
    this.#calls.push({ index, id, name, text: "" });
    return this.#calls.length === 1 ? this.#writer.toolUse(id, name) : this.#advance();
  }

  /** A fragment of a call's arguments; for a call that is closed already it comes too late and is left out. */
  fragment(index: number, fragment: string): string {
    const call = this.#calls.find((open) => open.index === index);
    if (call === undefined) return "";
    call.text += fragment;
    return call === this.#calls[0] ? this.#writer.inputJson(fragment) + this.#advance() : "";
  }

  /** No more calls follow: closes the open one and sends those that waited. */
  flush(): string {
    const [first, ...waiting] = this.#calls;
    this.#calls = [];
    if (first === undefined) return "";
    return this.#writer.close() + waiting.map((call) => this.#write(call) + this.#writer.close()).join("");
  }

  #advance(): string {
    let events = "";
    while (this.#calls.length > 1 && isComplete(this.#calls[0]?.text ?? "")) {
      this.#calls.shift();
      const next = this.#calls[0];
      if (next !== undefined) events += this.#write(next);
    }
    return events;
  }

  #write({ id, name, text }: Call): string {
    return this.#writer.toolUse(id, name) + this.#writer.inputJson(text);
  }
}

function isComplete(json: string): boolean {
  if (!json.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
