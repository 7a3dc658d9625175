import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ForeignPart, UnknownField } from "@fairlead/contracts/chat/v1/content";

/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, JsonValue>>;

const NONE: Fields = {};

/** Those of an answer's extra fields that are of a dialect, by name. */
export function ownFields(fields: readonly UnknownField[], dialect: string): Fields {
  if (fields.length === 0) return NONE;
  const own: Record<string, JsonValue> = {};
  for (const field of fields) {
    const value = ownField(field, dialect);
    if (value !== undefined) own[field.name] = value;
  }
  return own;
}

/** The value of an extra field that is of a dialect; undefined for any other. */
export function ownField(field: UnknownField, dialect: string): JsonValue | undefined {
  if (field.dialect !== dialect || field.value === undefined || field.name === "__proto__") return undefined;
  return toJson(ValueSchema, field.value);
}

/** The block of a foreign part that is of a dialect; undefined for any other. */
export function ownBlock(part: ForeignPart, dialect: string): Fields | undefined {
  if (part.dialect !== dialect || part.value?.kind.case !== "structValue") return undefined;
  return toJson(ValueSchema, part.value) as Record<string, JsonValue>;
}
