import { fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { UnknownFieldSchema } from "@fairlead/contracts/chat/v1/content";
import type { Loose } from "../json.ts";

/** Fields of a body that are not known, as fields of its dialect. */
export function unknownFields(
  dialect: string,
  body: Loose,
  known: ReadonlySet<string>,
): MessageInitShape<typeof UnknownFieldSchema>[] {
  return Object.entries(body).flatMap(([name, value]) =>
    known.has(name) || value === null || value === undefined
      ? []
      : [{ dialect, name, value: fromJson(ValueSchema, value as JsonValue) }],
  );
}

/** A number as a field; nothing where it is none. */
export function given<K extends string>(key: K, value: unknown): { [key in K]?: number } {
  return typeof value === "number" ? ({ [key]: value } as { [key in K]?: number }) : {};
}
