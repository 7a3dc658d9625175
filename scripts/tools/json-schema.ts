/** A schema of JSON Schema or of OpenAPI, as far as it is looked at here. */
export interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The schema of one kind of object. */
export interface KindSchema {
  /** API group; for the core group its version, as kubeconform's templates have it. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
}

/**
 * The same schema for a strict look at what people write: fields that are not named are refused, and what OpenAPI calls
 * "a string" though numbers are taken as well takes them.
 */
export function toStrict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toStrict);
  if (!isSchema(value)) return value;
  if (value["x-kubernetes-int-or-string"] === true || value["format"] === "int-or-string") return { anyOf: [{ type: "integer" }, { type: "string" }] };
  const { description: _prose, default: _default, ...kept } = value;
  const strict: Record<string, unknown> = {};
  for (const [keyword, part] of Object.entries(kept)) strict[keyword] = strictPart(keyword, part);
  return isClosed(value) ? { ...strict, additionalProperties: false } : strict;
}

function strictPart(keyword: string, part: unknown): unknown {
  // Alternatives name only the fields that they are about.
  if (["allOf", "anyOf", "oneOf", "not"].includes(keyword)) return part;
  if (keyword !== "properties" || !isSchema(part)) return toStrict(part);
  return Object.fromEntries(Object.entries(part).map(([name, schema]) => [name, toStrict(schema)]));
}

function isClosed(schema: Schema): boolean {
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["additionalProperties"] !== undefined;
  return schema.properties !== undefined && !open;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
