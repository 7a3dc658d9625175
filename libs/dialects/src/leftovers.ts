import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { Violation } from "./parsed.ts";
import { isTooDeep, MAX_DEPTH, saysSomething } from "./json-value.ts";

/** The contract takes no more. */
const MAX_FIELDS = 64;
const MAX_NAME = 256;

type Loose = Readonly<Record<string, unknown>>;

/**
 * Collects what of a caller's body the contract has no word for. Null and empty lists say nothing and are left out.
 *
 * - `top`: fields as the caller wrote them. One that is named like a field that is read holds the caller's whole value,
 *   and stands in place of what an adapter of the same dialect would write, for example `tools` with a tool that only
 *   one provider runs.
 * - `nested`: what lies inside of messages, by top-level field and path below it, for example
 *   `messages: {"[0].content[1].citations": {...}}`. It has a dialect of its own, so that an adapter that does not know
 *   about paths reports it as dropped.
 */
export interface Leftovers {
  readonly top: Map<string, unknown>;
  readonly nested: Map<string, Record<string, unknown>>;
}

/** Dialect of what lies inside of messages. */
export const nestedDialect = (dialect: string) => `${dialect}.nested`;

export function noLeftovers(): Leftovers {
  return { top: new Map(), nested: new Map() };
}

/** Keeps the keys of a whole body that are not known. */
export function keepUnknownFields(leftovers: Leftovers, body: Loose, known: ReadonlySet<string>): void {
  for (const key in body) {
    if (!known.has(key) && saysSomething(body[key])) leftovers.top.set(key, body[key]);
  }
}

/** Keeps the keys of an object inside `field` that are not known; `path` is only called for when there are any. */
export function keepUnknownKeys(
  leftovers: Leftovers,
  field: string,
  path: () => string,
  object: Loose,
  known: ReadonlySet<string>,
): void {
  for (const key in object) {
    if (known.has(key) || !saysSomething(object[key])) continue;
    keepNested(leftovers, field, `${path()}.${key}`, object[key]);
  }
}

/** Keeps a field whole when an object in it has keys that are not known. */
export function keepIfUnknownKeys(
  leftovers: Leftovers,
  field: string,
  whole: unknown,
  object: Loose,
  known: ReadonlySet<string>,
): void {
  for (const key in object) {
    if (!known.has(key) && saysSomething(object[key])) leftovers.top.set(field, whole);
  }
}

/** Keeps a value inside `field`. */
export function keepNested(leftovers: Leftovers, field: string, path: string, value: unknown): void {
  let group = leftovers.nested.get(field);
  if (group === undefined) leftovers.nested.set(field, (group = {}));
  group[path] = value;
}

/** What was kept, as fields of a dialect. Too many, or a name too long, are violations. */
export function toUnknownFields(leftovers: Leftovers, dialect: string, violations: Violation[]): UnknownField[] {
  const { top, nested } = leftovers;
  if (top.size === 0 && nested.size === 0) return [];
  if (top.size + nested.size > MAX_FIELDS) {
    violations.push({
      field: "",
      description: `There may be at most ${MAX_FIELDS} fields beyond the known ones.`,
      rule: "max",
    });
    return [];
  }
  const inside = nestedDialect(dialect);
  return [
    ...[...top].map(([name, value]) => toUnknownField(dialect, name, value, violations)),
    ...[...nested].map(([name, value]) => toUnknownField(inside, name, value, violations)),
  ];
}

function toUnknownField(dialect: string, name: string, value: unknown, violations: Violation[]): UnknownField {
  const refuse = (description: string) => violations.push({ field: name.slice(0, MAX_NAME), description, rule: "max" });
  const tooDeep = isTooDeep(value);
  if (name === "" || name.length > MAX_NAME) refuse("The name of this field is empty or too long.");
  if (tooDeep) refuse(`This field may be nested ${MAX_DEPTH} levels deep at most.`);
  const json = tooDeep ? null : (value as JsonValue);
  return { $typeName: "fairlead.chat.v1.UnknownField", dialect, name, value: fromJson(ValueSchema, json) };
}
