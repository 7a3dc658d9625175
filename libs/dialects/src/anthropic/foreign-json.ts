import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ForeignPart, UnknownField } from "@fairlead/contracts/chat/v1/content";
import { ANTHROPIC_MESSAGES } from "./home.ts";

/** A JSON object of this dialect. */
export type ForeignObject = Readonly<Record<string, unknown>>;

/** The block of a foreign part as it is written; undefined for one of another dialect. */
export function toForeignBlock({ dialect, value }: ForeignPart): (ForeignObject & { readonly type: string }) | undefined {
  if (dialect !== ANTHROPIC_MESSAGES || value === undefined) return undefined;
  const block = toJson(ValueSchema, value);
  const isBlock = block !== null && typeof block === "object" && !Array.isArray(block) && typeof block["type"] === "string";
  return isBlock ? (block as ForeignObject & { readonly type: string }) : undefined;
}

/** The value of a field; undefined for one of another dialect, or that would break the object it is put into. */
export function toFieldValue({ dialect, name, value }: UnknownField): unknown {
  if (dialect !== ANTHROPIC_MESSAGES || value === undefined || name === "__proto__") return undefined;
  return toJson(ValueSchema, value);
}

/** Whether one of the fields is of this dialect. */
export function hasFields(fields: readonly UnknownField[]): boolean {
  return fields.some(({ dialect }) => dialect === ANTHROPIC_MESSAGES);
}

/** Fields as they go into an object that says what is known; what is known stays as it is. */
export function withFields<T extends object>(object: T, fields: readonly UnknownField[]): T {
  if (fields.length === 0) return object;
  const whole = { ...object } as Record<string, unknown>;
  for (const field of fields) {
    const value = toFieldValue(field);
    if (value !== undefined && !(field.name in whole)) whole[field.name] = value;
  }
  return whole as T;
}
