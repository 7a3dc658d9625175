type Json = Readonly<Record<string, unknown>>;

/** Nesting beyond which a value is left as it is. */
const MAX_DEPTH = 64;
const BRANCHES = ["allOf", "anyOf", "oneOf"] as const;

/**
 * A JSON value without the properties that are null where its schema lets them be left out. Providers whose strict mode
 * requires every property are told that the optional ones may be null, and so they say null for "not there".
 *
 * @param schema JSON schema; references are followed within it
 */
export function dropOptionalNulls(value: unknown, schema: unknown): unknown {
  return drop(value, schema, schema, 0);
}

function drop(value: unknown, schema: unknown, root: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH || value === null || typeof value !== "object" || !isObject(schema)) return value;
  const { $ref: reference } = schema;
  const referred = typeof reference === "string" ? resolve(root, reference) : undefined;
  let result: unknown = referred === undefined ? value : drop(value, referred, root, depth + 1);
  for (const key of BRANCHES) {
    const branches = schema[key];
    if (Array.isArray(branches)) for (const branch of branches) result = drop(result, branch, root, depth + 1);
  }
  if (Array.isArray(result)) return result.map((item) => drop(item, schema["items"], root, depth + 1));
  return isObject(result) && isObject(schema["properties"]) ? dropOwn(result, schema["properties"], schema["required"], root, depth) : result;
}

function dropOwn(value: Json, properties: Json, required: unknown, root: unknown, depth: number): Json {
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  const kept: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null && Object.hasOwn(properties, name) && !isRequired(name)) continue;
    kept.push([name, Object.hasOwn(properties, name) ? drop(inner, properties[name], root, depth + 1) : inner]);
  }
  return Object.fromEntries(kept);
}

/** What a reference within the document names; undefined: nothing. */
function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let found = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
