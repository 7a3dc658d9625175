import { extraFieldDelta } from "@fairlead/adapter-kit/deltas";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";

/** An item while it is open. */
export interface OpenItem {
  /** Takes an event of the item. @param kind what follows `response.` in its type */
  read(kind: string, event: JsonObject, deltas: ChatDelta[]): void;
  /** Takes the whole item and tells what of it the events did not. */
  close(item: JsonObject, deltas: ChatDelta[]): void;
}

/** Begins the names of extra fields that belong to the part that the deltas before built. */
export const PART_FIELD = "part.";

/** Adds a delta for each field of the part that was built last. */
export function tellPartFields(fields: readonly UnknownField[], deltas: ChatDelta[]): void {
  for (const field of fields) deltas.push(extraFieldDelta(0, { ...field, name: PART_FIELD + field.name }));
}
