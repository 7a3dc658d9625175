import { extraFieldDelta } from "@fairlead/adapter-kit/deltas";
import { extraFieldsOf } from "@fairlead/adapter-kit/foreign";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";

/** Fields that are told again only where they change, at most. */
const MAX_FIELDS = 64;

/** Which fields of an object are told, and how they are named. */
export interface FieldNaming {
  readonly dialect: string;
  /** Fields that are read elsewhere, or say nothing. */
  readonly known: ReadonlySet<string>;
  readonly prefix: string;
}

/** Adds a delta for each field of a piece of a choice that is not known. */
export function tellExtraFields(
  choice: number,
  object: JsonObject,
  { dialect, known, prefix }: FieldNaming,
  deltas: ChatDelta[],
): void {
  for (const key in object) {
    if (known.has(key)) continue;
    for (const field of extraFieldsOf(object, known, dialect, prefix)) deltas.push(extraFieldDelta(choice, field));
    return;
  }
}

/**
 * Tells the fields of an answer that are not known, each once and again when it has changed: servers repeat them in every
 * chunk.
 */
export function createFieldTeller(naming: FieldNaming): (chunk: JsonObject, deltas: ChatDelta[]) => void {
  const told = new Map<string, unknown>();
  return (chunk, deltas) => {
    for (const key in chunk) {
      if (naming.known.has(key)) continue;
      const value = chunk[key];
      if (value === null || told.get(key) === value) continue;
      const said = typeof value === "object" ? JSON.stringify(value) : value;
      if (told.get(key) === said || (told.size >= MAX_FIELDS && !told.has(key))) continue;
      told.set(key, said);
      tellExtraFields(0, { [key]: value }, naming, deltas);
    }
  };
}
