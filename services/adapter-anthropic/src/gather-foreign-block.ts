import { asText, isObject, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";

/** Characters of one block at most, and pieces: it is held until it closes. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
const MAX_PIECES = 100_000;

/** A block of an unknown type whose pieces come in a stream. */
export interface ForeignBlock {
  /** Takes a delta. Throws MALFORMED_ANSWER where the block becomes too large. */
  add(delta: JsonObject): void;
  /** The block as it would have come whole. */
  block(): JsonObject;
}

/**
 * Gathers a block of an unknown type. Deltas of arguments are its input; a citation is added to its citations; other deltas
 * carry fields of the block, whose texts are continued and whose other values are set.
 *
 * @param start the block as it began
 */
export function createForeignBlock(start: JsonObject): ForeignBlock {
  const fields: Record<string, unknown> = { ...start };
  let json = "";
  let characters = 0;
  let pieces = 0;

  function bound(size: number): void {
    characters += size;
    if (++pieces > MAX_PIECES || characters > MAX_CHARACTERS) throw malformedAnswer("A block of the provider is too large.");
  }

  return {
    add(delta) {
      if (delta["type"] === "input_json_delta") {
        const fragment = asText(delta["partial_json"]);
        bound(fragment.length);
        json += fragment;
        return;
      }
      for (const [name, value] of Object.entries(delta)) {
        if (name === "type" || value === null || name === "__proto__") continue;
        bound(typeof value === "string" ? value.length : JSON.stringify(value).length);
        if (name === "citation") fields["citations"] = [...listOf(fields["citations"]), value];
        else fields[name] = typeof value === "string" && typeof fields[name] === "string" ? fields[name] + value : value;
      }
    },
    block() {
      if (json === "") return fields;
      const input = parseJson(json);
      // A model's arguments are not always valid JSON; what it wrote is kept as the field of an object.
      return { ...fields, input: isObject(input) ? input : { invalid_json: json } };
    },
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
