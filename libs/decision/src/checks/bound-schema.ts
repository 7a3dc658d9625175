/** Bounds of a JSON schema that answers are held against. */
export const SCHEMA_BOUNDS = { characters: 262_144, depth: 64, nodes: 20_000 } as const;

/** A schema that can be used, or why it cannot. */
export type BoundedSchema = { readonly schema: Record<string, unknown> | boolean } | { readonly problem: string };

/**
 * Reads a JSON schema as text and holds it against bounds of size and depth. References may only lead into the schema
 * itself: nothing is ever fetched.
 */
export function boundSchema(text: string): BoundedSchema {
  if (text.length > SCHEMA_BOUNDS.characters) return { problem: `has more than ${SCHEMA_BOUNDS.characters} characters` };
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    return { problem: "is not valid JSON" };
  }
  if (typeof schema !== "boolean" && !isRecord(schema)) return { problem: "is neither an object nor a boolean" };
  const problem = findProblem(schema);
  return problem === undefined ? { schema } : { problem };
}

/** Walks without recursion, since the text may be nested as deeply as it likes. */
function findProblem(schema: unknown): string | undefined {
  const left: { value: unknown; depth: number }[] = [{ value: schema, depth: 1 }];
  let nodes = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    nodes += 1;
    if (nodes > SCHEMA_BOUNDS.nodes) return `has more than ${SCHEMA_BOUNDS.nodes} parts`;
    if (depth > SCHEMA_BOUNDS.depth) return `is nested more than ${SCHEMA_BOUNDS.depth} deep`;
    for (const [key, inner] of Object.entries(value)) {
      const reference = (key === "$ref" || key === "$dynamicRef" || key === "$recursiveRef") && typeof inner === "string";
      if (reference && !inner.startsWith("#")) return "refers to something outside itself";
      left.push({ value: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
