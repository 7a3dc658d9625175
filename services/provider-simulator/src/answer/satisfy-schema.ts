import { isObject, type JsonObject, listOf, numberOf } from "../json.ts";
import { between, pick, type Random } from "./random.ts";
import { satisfyString } from "./satisfy-string.ts";
import { flattenSchema, typeOf } from "./schema-shape.ts";

/** Below this depth only what a schema demands is made, which ends recursive schemas. */
const GENEROUS_DEPTH = 4;
const DEEPEST = 40;
const MOST_VALUES = 5_000;
const MOST_ITEMS = 100;

interface Walk {
  readonly root: JsonObject;
  readonly random: Random;
  values: number;
}

/**
 * A value that satisfies a JSON schema (or Gemini's subset of one), the same for the same random source. `pattern`,
 * `not`, `if` and `dependent*` are not looked at. A schema without an end is cut off with null.
 */
export function satisfySchema(schema: JsonObject, random: Random): unknown {
  return valueOf(schema, { root: schema, random, values: 0 }, 0);
}

function valueOf(schema: unknown, walk: Walk, depth: number): unknown {
  walk.values += 1;
  if (depth > DEEPEST || walk.values > MOST_VALUES) return null;
  const frugal = depth >= GENEROUS_DEPTH;
  const shape = flattenSchema(schema, walk.root, frugal);
  if ("const" in shape) return shape["const"];
  const options = listOf(shape["enum"]);
  if (options.length > 0) return pick(walk.random, options);
  if ("default" in shape && shape["default"] !== null) return shape["default"];
  return typedValue(shape, walk, depth, frugal);
}

function typedValue(shape: JsonObject, walk: Walk, depth: number, frugal: boolean): unknown {
  switch (typeOf(shape)) {
    case "object":
      return objectValue(shape, walk, depth, frugal);
    case "array":
      return arrayValue(shape, walk, depth, frugal);
    case "number":
    case "integer":
      return numberValue(shape, walk.random);
    case "boolean":
      return walk.random() < 0.5;
    case "null":
      return null;
    default:
      return satisfyString(shape, walk.random);
  }
}

function objectValue(shape: JsonObject, walk: Walk, depth: number, frugal: boolean): JsonObject {
  const properties = isObject(shape["properties"]) ? shape["properties"] : {};
  const required = listOf(shape["required"]).filter((name): name is string => typeof name === "string");
  const names = frugal ? required : new Set([...Object.keys(properties), ...required]);
  const value: Record<string, unknown> = Object.create(null);
  for (const name of names) value[name] = valueOf(properties[name] ?? {}, walk, depth + 1);
  return { ...value };
}

function arrayValue(shape: JsonObject, walk: Walk, depth: number, frugal: boolean): unknown[] {
  const tuple = listOf(shape["prefixItems"]);
  const fewest = Number(shape["minItems"] ?? 0);
  const wanted = frugal ? fewest : Math.max(fewest, Math.min(2, Number(shape["maxItems"] ?? 2)));
  const length = Math.min(MOST_ITEMS, Math.max(wanted, tuple.length));
  const unique = new Map<string, unknown>();
  const values: unknown[] = [];
  for (let tries = 0; values.length < length && tries < length * 20; tries++) {
    const value = valueOf(tuple[values.length] ?? shape["items"] ?? {}, walk, depth + 1);
    const key = shape["uniqueItems"] === true ? JSON.stringify(value) : String(tries);
    if (unique.has(key)) continue;
    unique.set(key, value);
    values.push(value);
  }
  return values;
}

function numberValue(shape: JsonObject, random: Random): number {
  const whole = typeOf(shape) === "integer";
  const step = numberOf(shape["multipleOf"]) ?? (whole ? 1 : 0);
  const low = lowest(shape, step || 0.5);
  const high = highest(shape, step || 0.5, low);
  if (step === 0) return Math.round((low + random() * (high - low)) * 100) / 100 || low;
  const first = Math.ceil(low / step);
  return between(random, first, Math.max(first, Math.floor(high / step))) * step;
}

function lowest(shape: JsonObject, margin: number): number {
  const exclusive = numberOf(shape["exclusiveMinimum"]);
  if (exclusive !== undefined) return exclusive + margin;
  const top = numberOf(shape["maximum"]) ?? numberOf(shape["exclusiveMaximum"]);
  return numberOf(shape["minimum"]) ?? Math.min(1, (top ?? 100) - 1);
}

function highest(shape: JsonObject, margin: number, low: number): number {
  const exclusive = numberOf(shape["exclusiveMaximum"]);
  const top = exclusive === undefined ? numberOf(shape["maximum"]) : exclusive - margin;
  return Math.max(low, top ?? low + 99);
}
