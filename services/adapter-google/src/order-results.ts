import type { GoogleContent } from "./to-google-conversation.ts";
import type { GooglePart } from "./to-google-part.ts";

/**
 * Puts results of tools, each with its media, in the order of the calls before them: Gemini tells results of the same tool
 * apart by their order. What else is said follows.
 *
 * @param calls ids of calls by the parts that make and answer them
 */
export function orderResults(contents: readonly GoogleContent[], calls: ReadonlyMap<GooglePart, string>): void {
  contents.forEach(({ role, parts }, index) => {
    const asked = contents[index - 1]?.parts.filter((part) => part.functionCall !== undefined) ?? [];
    if (role !== "user" || asked.length < 2) return;
    const positions = new Map(asked.map((part, position) => [calls.get(part), position]));
    const rank = (part: GooglePart) => {
      const id = calls.get(part);
      return id === undefined ? asked.length : (positions.get(id) ?? asked.length);
    };
    parts.splice(0, parts.length, ...parts.toSorted((a, b) => rank(a) - rank(b)));
  });
}
