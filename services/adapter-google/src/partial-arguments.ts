import { asList, asObject, asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";

const MAX_DEPTH = 32;
const MAX_ITEMS = 10_000;
const MAX_PIECES = 100_000;

/** Arguments of a call that come as pieces, each with a path such as `$.items[0].name`. */
export interface PartialArguments {
  /** Takes pieces. Throws MALFORMED_ANSWER for a path that leads nowhere. */
  add(pieces: unknown): void;
  /** All that came, as JSON text. */
  text(): string;
}

type Container = Record<string | number, unknown>;

/** Nothing came yet. */
export function createPartialArguments(): PartialArguments {
  const root: Container = Object.create(null) as Container;
  let count = 0;
  return {
    add(pieces) {
      for (const piece of asList(pieces)) {
        if (++count > MAX_PIECES) throw malformedAnswer("A tool call of the provider has too many pieces.");
        place(root, asObject(piece));
      }
    },
    text: () => JSON.stringify(root),
  };
}

function place(root: Container, piece: JsonObject): void {
  const path = parsePath(asText(piece["jsonPath"]));
  const last = path.at(-1);
  if (last === undefined) throw malformedAnswer("A tool call of the provider has a piece without a place.");
  let container = root;
  path.slice(0, -1).forEach((key, index) => {
    const next = container[key];
    if (typeof next === "object" && next !== null) container = next as Container;
    else container = container[key] = (typeof path[index + 1] === "number" ? [] : Object.create(null)) as Container;
  });
  const known = container[last];
  const text = piece["stringValue"];
  if (typeof text === "string") container[last] = typeof known === "string" ? known + text : text;
  else container[last] = piece["numberValue"] ?? piece["boolValue"] ?? null;
}

function parsePath(path: string): (string | number)[] {
  const keys: (string | number)[] = [];
  const steps = /\.([^.[\]]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  steps.lastIndex = path.startsWith("$") ? 1 : 0;
  for (let at = steps.lastIndex; at < path.length; at = steps.lastIndex) {
    const step = steps.exec(path);
    if (step === null || keys.length >= MAX_DEPTH) throw malformedAnswer("A tool call of the provider has a broken place.");
    const [, name, index, single, double] = step;
    if (index !== undefined && Number(index) >= MAX_ITEMS) throw malformedAnswer("A tool call of the provider has too many items.");
    keys.push(index === undefined ? (name ?? single ?? double ?? "") : Number(index));
  }
  return keys;
}
