import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { asObject, type JsonObject } from "@fairlead/adapter-kit/json";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import { CHAT_DIALECT, RESPONSES_DIALECT } from "../dialects.ts";

/** Fields that chat completions and the Responses API write and mean alike. */
const SHARED: ReadonlySet<string> = new Set([
  "metadata",
  "moderation",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "service_tier",
  "store",
  "user",
]);

/** Fields of chat completions that stand inside of another here. */
const MOVED: ReadonlyMap<string, readonly [outer: string, inner: string]> = new Map([
  ["reasoning_effort", ["reasoning", "effort"]],
  ["verbosity", ["text", "verbosity"]],
]);

/** Whether a field that the contract does not know is one of chat completions alone. */
export function isOfChatAlone({ dialect, name }: UnknownField): boolean {
  return dialect === CHAT_DIALECT && !SHARED.has(name) && !MOVED.has(name);
}

/**
 * Fields that the contract does not know, those of chat completions that mean the same here as this API's own.
 *
 * @param written what the body says so far
 */
export function asResponsesFields(fields: readonly UnknownField[], written: JsonObject): UnknownField[] {
  const merged: Record<string, JsonObject> = {};
  return fields.map((field) => {
    if (field.dialect !== CHAT_DIALECT || field.value === undefined || isOfChatAlone(field)) return field;
    const place = MOVED.get(field.name);
    if (place === undefined) return { ...field, dialect: RESPONSES_DIALECT };
    const [outer, inner] = place;
    const whole = { ...(merged[outer] ?? asObject(written[outer])), [inner]: toJson(ValueSchema, field.value) };
    merged[outer] = whole;
    return { ...field, dialect: RESPONSES_DIALECT, name: outer, value: fromJson(ValueSchema, whole as JsonValue) };
  });
}
