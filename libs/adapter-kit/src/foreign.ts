import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { AdaptationLog } from "./adaptations.ts";
import type { JsonObject } from "./json.ts";

/** Extra fields of one object at most; the contract takes no more. */
const MAX_FIELDS = 32;
/** Levels of an answer's block at most: a level of JSON takes up to three of a message, which may have 100. */
const MAX_DEPTH = 30;

/**
 * The block that a foreign part holds, where it is one of the dialect; otherwise it is noted as dropped.
 *
 * @param path of the part, for example messages[0].parts[1]
 */
export function foreignBlock(part: Part, dialect: string, path: string, log: AdaptationLog): JsonObject | undefined {
  if (part.content.case !== "foreign") return undefined;
  const { dialect: written, value } = part.content.value;
  if (written === dialect && value !== undefined) return toJson(ValueSchema, value) as JsonObject;
  log.dropped(`${path}.foreign`, `The provider does not speak ${written}.`);
  return undefined;
}

/** Adds a part's extra fields of the dialect to the block that was written for it; others are noted as dropped. */
export function withExtraFields<T extends object>(block: T, part: Part, dialect: string, path: string, log: AdaptationLog): T {
  if (part.extraFields.length === 0) return block;
  const written = block as Record<string, unknown>;
  part.extraFields.forEach((field, index) => {
    const at = `${path}.extra_fields[${index}]`;
    if (field.dialect !== dialect) log.dropped(at, `The provider does not speak ${field.dialect}.`);
    else if (field.name in written || field.name === "__proto__") log.dropped(at, "The field is set from the request.");
    else if (field.value !== undefined) written[field.name] = toJson(ValueSchema, field.value);
  });
  return block;
}

/** A block of an answer that has no counterpart in the contract. Undefined where it is nested too deep to be carried. */
export function foreignPart(dialect: string, block: JsonObject): Part | undefined {
  if (isDeeper(block, MAX_DEPTH)) return undefined;
  const value = fromJson(ValueSchema, block as JsonValue);
  return {
    $typeName: "fairlead.chat.v1.Part",
    content: { case: "foreign", value: { $typeName: "fairlead.chat.v1.ForeignPart", dialect, value } },
    extraFields: [],
  };
}

/**
 * The fields of an answer's object that are not known, as they go to callers of the dialect. Null, empty lists and what is
 * nested too deep are left out.
 *
 * @param prefix of the names, for example "message."
 */
export function extraFieldsOf(object: JsonObject, known: ReadonlySet<string>, dialect: string, prefix = ""): UnknownField[] {
  const fields: UnknownField[] = [];
  for (const key in object) {
    if (known.has(key) || fields.length >= MAX_FIELDS) continue;
    const field = extraField(dialect, `${prefix}${key}`, object[key]);
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

function extraField(dialect: string, name: string, value: unknown): UnknownField | undefined {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  if (name.length > 256 || isDeeper(value, MAX_DEPTH)) return undefined;
  return { $typeName: "fairlead.chat.v1.UnknownField", dialect, name, value: fromJson(ValueSchema, value as JsonValue) };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== "object") return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
