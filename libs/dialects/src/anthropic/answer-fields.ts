import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import { type ForeignObject, toFieldValue } from "./foreign-json.ts";

/** Names of the fields of usage begin so. */
const USAGE = "usage.";
/** Fields of a message that are written from what is known. */
const WRITTEN: ReadonlySet<string> = new Set(["id", "type", "role", "model", "content", "stop_reason", "usage", "fairlead"]);

/** What a provider of this dialect says of its message beyond what is known. */
export class AnswerFields {
  readonly #message: Record<string, unknown> = { stop_sequence: null };
  readonly #usage: Record<string, unknown> = {};

  add(field: UnknownField): void {
    const value = toFieldValue(field);
    const { name } = field;
    if (value === undefined || WRITTEN.has(name)) return;
    if (name.startsWith(USAGE)) this.#usage[name.slice(USAGE.length)] = value;
    else this.#message[name] = value;
  }

  /** Fields of the message; the sequence that it stopped at is always among them. */
  get message(): ForeignObject {
    return this.#message;
  }

  /** Counts, with what else is told of usage. */
  withUsage<T extends object>(counts: T): T {
    return { ...this.#usage, ...counts };
  }
}
