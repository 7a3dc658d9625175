import type { Parsed } from "../parsed.ts";

/** Features that may be named at once, and characters of a name, at most. */
const MOST = 32;
const LONGEST = 128;

/**
 * Reads the features of Anthropic's API that a caller names in the header anthropic-beta.
 *
 * @param header undefined: none
 */
export function readBetas(header: string | readonly string[] | undefined): Parsed<string[]> {
  const text = header === undefined || typeof header === "string" ? (header ?? "") : header.join(",");
  const names = [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
  if (names.length <= MOST && names.every((name) => name.length <= LONGEST)) return { kind: "ok", value: names };
  const description = `At most ${MOST} names of up to ${LONGEST} characters are expected.`;
  return { kind: "invalid", violations: [{ field: "anthropic-beta", description, rule: "max" }] };
}
