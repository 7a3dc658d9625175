import type { UnknownField } from "@fairlead/contracts/chat/v1/content";

const NUMBERED = /\bunknown_fields\[(\d+)\]/g;
const NESTED = ".nested";

/** Rewrites a path or a sentence so that it names unknown fields as their caller does; the contract numbers them. */
export function namesUnknownFields(fields: readonly UnknownField[]): (text: string) => string {
  if (fields.length === 0) return (text) => text;
  return (text) => text.replace(NUMBERED, (numbered, index: string) => nameOf(fields[Number(index)]) ?? numbered);
}

/** What lies inside of messages is named by its path where it is but one thing. */
function nameOf(field: UnknownField | undefined): string | undefined {
  if (field === undefined || !field.dialect.endsWith(NESTED)) return field?.name;
  const paths = field.value?.kind.case === "structValue" ? Object.keys(field.value.kind.value.fields) : [];
  return paths.length === 1 ? `${field.name}${paths[0]}` : field.name;
}
