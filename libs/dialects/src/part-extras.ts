import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Part, UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { Findings } from "./findings.ts";
import { isTooDeep, MAX_DEPTH, saysSomething } from "./json-value.ts";

/** The contract takes no more of one part. */
const MAX_FIELDS = 32;
const MAX_NAME = 256;

type Block = Readonly<Record<string, unknown>>;

/**
 * A block of a caller's dialect that the contract has no part for.
 *
 * @param path where it is below the messages
 * @returns undefined when it is nested too deep to be carried; the findings then hold why
 */
export function foreignPart(dialect: string, block: Block, path: () => string, findings: Findings): Part | undefined {
  if (isTooDeep(block)) return refuseDepth(path(), findings);
  const value = fromJson(ValueSchema, block as JsonValue);
  return {
    $typeName: "fairlead.chat.v1.Part",
    content: { case: "foreign", value: { $typeName: "fairlead.chat.v1.ForeignPart", dialect, value } },
    extraFields: [],
  };
}

/**
 * Keeps with a part what its block says beyond the known keys. Null and empty lists say nothing.
 *
 * @param prefix of the names, for fields of what is around the block
 */
export function keepExtraFields(
  part: Part,
  dialect: string,
  block: Block,
  known: ReadonlySet<string>,
  path: () => string,
  findings: Findings,
  prefix = "",
): Part {
  for (const key in block) {
    if (known.has(key) || !saysSomething(block[key])) continue;
    if (part.extraFields.length >= MAX_FIELDS) {
      findings.refuse(path(), `There may be at most ${MAX_FIELDS} fields beyond the known ones.`, "max");
      return part;
    }
    const field = extraField(dialect, prefix + key, block[key], `${path()}.${key}`, findings);
    if (field !== undefined) part.extraFields.push(field);
  }
  return part;
}

function extraField(dialect: string, name: string, value: unknown, path: string, findings: Findings): UnknownField | undefined {
  if (isTooDeep(value)) return refuseDepth(path, findings);
  if (name === "" || name.length > MAX_NAME) return findings.refuse(path.slice(0, MAX_NAME), "The name of this field is empty or too long.", "max");
  return { $typeName: "fairlead.chat.v1.UnknownField", dialect, name, value: fromJson(ValueSchema, value as JsonValue) };
}

function refuseDepth(path: string, findings: Findings): undefined {
  return findings.refuse(path, `This may be nested ${MAX_DEPTH} levels deep at most.`, "max");
}
