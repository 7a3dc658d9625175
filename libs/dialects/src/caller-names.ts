import type { UnknownField } from "@fairlead/contracts/chat/v1/content";

/** What a dialect calls the fields of the contract: paths at the beginning of a text, and what they are there. */
export type FieldNames = readonly (readonly [path: RegExp, name: string])[];

const NUMBERED = /\bunknown_fields\[(\d+)\]/g;
const NESTED = ".nested";
const PREFIX = "chat.";

/**
 * Rewrites a path, or a sentence that begins with one, so that it names fields as their caller does: the contract has names of
 * its own, and numbers the fields that it does not know. Places inside of messages keep the contract's names.
 */
export function callerNames(names: FieldNames, fields: readonly UnknownField[]): (text: string) => string {
  return (text) => {
    const path = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
    for (const [pattern, name] of names) if (pattern.test(path)) return path.replace(pattern, name);
    return text.replace(NUMBERED, (numbered, index: string) => nameOf(fields[Number(index)]) ?? numbered);
  };
}

/** What lies inside of messages is named by its path where it is but one thing. */
function nameOf(field: UnknownField | undefined): string | undefined {
  if (field === undefined || !field.dialect.endsWith(NESTED)) return field?.name;
  const paths = field.value?.kind.case === "structValue" ? Object.keys(field.value.kind.value.fields) : [];
  return paths.length === 1 ? `${field.name}${paths[0]}` : field.name;
}
