import { isObject, type JsonObject, listOf, textsOf } from "../json.ts";

const MOST_STEPS = 20;

/**
 * A schema without indirection: references into its own document followed, `allOf` joined, one branch of `anyOf` or
 * `oneOf` taken (the first; when frugal, one that ends recursion if there is one).
 */
export function flattenSchema(schema: unknown, root: JsonObject, frugal: boolean): JsonObject {
  let shape = isObject(schema) ? schema : {};
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const next = oneStep(shape, root, frugal);
    if (next === undefined) return shape;
    shape = next;
  }
  return {};
}

function oneStep(shape: JsonObject, root: JsonObject, frugal: boolean): JsonObject | undefined {
  const { $ref: reference, allOf, anyOf, oneOf, ...rest } = shape;
  if (typeof reference === "string") return join({ ...rest }, follow(reference, root));
  const all = listOf(allOf).filter(isObject);
  if (all.length > 0) return all.reduce(join, { ...rest, ...optional({ anyOf, oneOf }) });
  const branches = [...listOf(anyOf), ...listOf(oneOf)].filter(isObject);
  if (branches.length === 0) return undefined;
  return join(rest, (frugal ? branches.find(isLeaf) : undefined) ?? (branches[0] as JsonObject));
}

/** The lower-case JSON type of a shape; guessed from its other keywords where it names none. */
export function typeOf(shape: JsonObject): string {
  const named = textsOf(shape["type"]).map((type) => type.toLowerCase());
  const type = named.find((entry) => entry !== "null") ?? named[0];
  if (type !== undefined) return type;
  if ("properties" in shape || "required" in shape) return "object";
  if ("items" in shape || "prefixItems" in shape) return "array";
  return "minimum" in shape || "maximum" in shape ? "number" : "string";
}

function isLeaf(schema: JsonObject): boolean {
  if ("$ref" in schema || "anyOf" in schema || "oneOf" in schema || "allOf" in schema) return false;
  return "const" in schema || "enum" in schema || !["object", "array"].includes(typeOf(schema));
}

function follow(reference: string, root: JsonObject): JsonObject {
  let place: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/")) {
    if (step === "") continue;
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    place = isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined;
  }
  return isObject(place) ? place : {};
}

function join(left: JsonObject, right: JsonObject): JsonObject {
  const properties = { ...optionalObject(left["properties"]), ...optionalObject(right["properties"]) };
  const required = [...new Set([...textsOf(left["required"]), ...textsOf(right["required"])])];
  const joined: Record<string, unknown> = { ...left, ...right };
  if (Object.keys(properties).length > 0) joined["properties"] = properties;
  if (required.length > 0) joined["required"] = required;
  return joined;
}

function optionalObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function optional(entries: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
