/** Keys of one deployment at most. */
export const MAX_KEYS = 64;

const KEY = /^[\x21-\x7e]{1,1024}$/;
const NOT_A_KEY = "is not a key: printable ASCII without spaces, 1,024 characters at most";

/** Keys that were read, or why they cannot be used; the reason holds none of the text. */
export type ParsedKeys = { readonly keys: readonly string[] } | { readonly problem: string };

/** Keys as a variable holds them: one, several in a line separated by commas or spaces, or one a line. */
export function parseKeys(text: string): ParsedKeys {
  const content = text.trim();
  return /[\r\n]/.test(content) ? parseKeyFile(content) : checked(content.split(/[\s,]+/).filter((key) => key !== ""), "key");
}

/** Keys as a file holds them: one a line, or a JSON list. None where it is empty. */
export function parseKeyFile(text: string): ParsedKeys {
  const content = text.replace(/^\ufeff/, "").trim();
  if (content.startsWith("[")) return parseList(content);
  return checked(content.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== ""), "line");
}

function parseList(content: string): ParsedKeys {
  let list: unknown;
  try {
    list = JSON.parse(content);
  } catch {
    // The parser's own message quotes the text.
    return { problem: "it is not a JSON list" };
  }
  return Array.isArray(list) ? checked(list, "key") : { problem: "it is not a JSON list" };
}

function checked(found: readonly unknown[], what: string): ParsedKeys {
  if (found.length > MAX_KEYS) return { problem: `there are more than ${MAX_KEYS} keys` };
  const wrong = found.findIndex((key) => typeof key !== "string" || !KEY.test(key));
  if (wrong >= 0) return { problem: `${what} ${wrong + 1} ${NOT_A_KEY}` };
  return { keys: [...new Set(found as string[])] };
}
