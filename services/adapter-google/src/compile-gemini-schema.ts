import { asList, isObject, type JsonObject } from "@fairlead/adapter-kit/json";

/** Nesting at most; references to oneself end here. */
const MAX_DEPTH = 32;

/** Nodes at most: references are written out, so a small schema can become a large one. */
const MAX_NODES = 20_000;

/** Keywords that mean the same to Gemini. */
const KEPT = ["title", "description", "enum", "default", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern", "minProperties", "maxProperties"];

/** Keywords that nothing is lost without. */
const SILENT = new Set(["$schema", "$id", "$defs", "definitions", "$ref", "$comment", "additionalProperties", "examples", "strict", "readOnly", "writeOnly"]);

const READ = new Set(["type", "properties", "required", "items", "anyOf", "oneOf", "allOf", "const", "nullable", "format", "propertyOrdering"]);

const FORMATS = new Set(["enum", "date-time", "int32", "int64", "float", "double"]);

interface Compilation {
  readonly root: JsonObject;
  nodes: number;
  lost: boolean;
}

/** A schema as it was compiled. */
export interface CompiledSchema {
  readonly schema: JsonObject;
  /** Whether constraints were left out. */
  readonly lost: boolean;
}

/**
 * A JSON schema in the subset that every model of Gemini takes: references written out, one type a node, null as `nullable`,
 * and the order of properties said.
 */
export function compileGeminiSchema(schema: JsonObject): CompiledSchema {
  const state: Compilation = { root: schema, nodes: 0, lost: false };
  const compiled = compile(schema, state, 0);
  return { schema: compiled, lost: state.lost };
}

function compile(value: unknown, state: Compilation, depth: number): JsonObject {
  state.nodes++;
  if (depth > MAX_DEPTH || state.nodes > MAX_NODES) {
    state.lost = true;
    return { type: "object" };
  }
  const node = merged(resolve(value, state), state, 0);
  const out: Record<string, unknown> = {};
  for (const keyword of KEPT) if (node[keyword] !== undefined) out[keyword] = node[keyword];
  for (const keyword of Object.keys(node)) {
    if (!KEPT.includes(keyword) && !SILENT.has(keyword) && !READ.has(keyword)) state.lost = true;
  }
  if (typeof node["format"] === "string" && FORMATS.has(node["format"])) out["format"] = node["format"];
  if (node["const"] !== undefined) writeConst(out, node["const"], state);
  if (isObject(node["additionalProperties"])) state.lost = true;
  writeType(out, node, state);
  writeAlternatives(out, node, state, depth);
  writeProperties(out, node, state, depth);
  if (isObject(node["items"])) out["items"] = compile(node["items"], state, depth + 1);
  else if (out["type"] === "array") out["items"] = { type: "string" };
  return out;
}

/** Follows references within the schema; others cannot be followed. */
function resolve(value: unknown, state: Compilation): JsonObject {
  let node = isObject(value) ? value : {};
  for (let hops = 0; typeof node["$ref"] === "string" && hops < MAX_DEPTH; hops++) {
    const { $ref: reference, ...rest } = node;
    const target = pointedAt(state.root, String(reference));
    if (target === undefined) {
      state.lost = true;
      return rest;
    }
    node = { ...target, ...rest };
  }
  return node;
}

function pointedAt(root: JsonObject, reference: string): JsonObject | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let node: unknown = root;
  for (const part of reference.slice(2).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    node = isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }
  return isObject(node) ? node : undefined;
}

/** Writes the schemas of `allOf` into one: Gemini has no such keyword. */
function merged(node: JsonObject, state: Compilation, depth: number): JsonObject {
  if (!Array.isArray(node["allOf"])) return node;
  const { allOf, ...rest } = node;
  state.nodes++;
  if (depth > MAX_DEPTH || state.nodes > MAX_NODES) {
    state.lost = true;
    return rest;
  }
  let properties: JsonObject = {};
  let required: unknown[] = [];
  let all: JsonObject = {};
  for (const part of [...asList(allOf), rest].map((each) => merged(resolve(each, state), state, depth + 1))) {
    all = { ...all, ...part };
    if (isObject(part["properties"])) properties = { ...properties, ...part["properties"] };
    required = [...new Set([...required, ...asList(part["required"])])];
  }
  return { ...all, ...(Object.keys(properties).length === 0 ? {} : { properties }), ...(required.length === 0 ? {} : { required }) };
}

function writeConst(out: Record<string, unknown>, value: unknown, state: Compilation): void {
  if (typeof value === "string") out["enum"] = [value];
  else state.lost = true;
}

function writeType(out: Record<string, unknown>, node: JsonObject, state: Compilation): void {
  const types = Array.isArray(node["type"]) ? node["type"] : node["type"] === undefined ? [] : [node["type"]];
  const real = types.filter((type) => type !== "null");
  if (real.length < types.length || node["nullable"] === true) out["nullable"] = true;
  if (real.length === 1) out["type"] = real[0];
  else if (real.length > 1) out["anyOf"] = real.map((type) => ({ type }));
  else if (isObject(node["properties"])) out["type"] = "object";
  // Gemini's enums are of strings.
  if (Array.isArray(out["enum"]) && out["type"] !== "string") {
    if (out["enum"].every((value) => typeof value === "string")) out["type"] = "string";
    else {
      delete out["enum"];
      state.lost = true;
    }
  }
}

function writeAlternatives(out: Record<string, unknown>, node: JsonObject, state: Compilation, depth: number): void {
  const alternatives = [...asList(node["anyOf"]), ...asList(node["oneOf"])];
  if (alternatives.length === 0) return;
  const real = alternatives.filter((each) => !isObject(each) || each["type"] !== "null");
  if (real.length < alternatives.length) out["nullable"] = true;
  const compiled = real.map((each) => compile(each, state, depth + 1));
  if (compiled.length === 1) Object.assign(out, { ...compiled[0], ...out });
  else out["anyOf"] = compiled;
}

function writeProperties(out: Record<string, unknown>, node: JsonObject, state: Compilation, depth: number): void {
  const { properties } = node;
  if (!isObject(properties)) return;
  const names = Object.keys(properties);
  if (names.length === 0) return;
  out["properties"] = Object.fromEntries(names.map((name) => [name, compile(properties[name], state, depth + 1)]));
  out["propertyOrdering"] = names;
  const required = asList(node["required"]).filter((name) => typeof name === "string" && Object.hasOwn(properties, name));
  if (required.length > 0) out["required"] = required;
}
