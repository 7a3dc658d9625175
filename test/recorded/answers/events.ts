import { object, parseJson } from "../json.ts";

/** The JSON objects of a stream of server-sent events, in order, without the closing [DONE]. */
export function readEvents(body: string): Record<string, unknown>[] {
  return dataOf(body).map((data) => {
    const parsed = parseJson(data);
    return object(Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown>;
  });
}

/** Whether a body is JSON throughout: as a whole, in each event of its stream, or in each line. */
export function isJson(body: string, streamed: boolean): boolean {
  if (!streamed) return parseJson(body) !== undefined;
  const pieces = /^(data|event|id|:)/m.test(body) ? dataOf(body) : body.split("\n").filter((line) => line.trim() !== "");
  return pieces.every((piece) => parseJson(piece) !== undefined);
}

/** What the events of a stream hold. */
function dataOf(body: string): string[] {
  return body
    .replaceAll("\r\n", "\n")
    .split(/\n\n+/)
    .map((event) =>
      event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n"),
    )
    .filter((data) => data !== "" && data !== "[DONE]");
}

/** The JSON objects of a body with one a line. */
export function readJsonLines(body: string): Record<string, unknown>[] {
  return body.split("\n").flatMap((line) => (line.trim() === "" ? [] : [object(parseJson(line)) as Record<string, unknown>]));
}

/** The words of an error object, as JSON text. Undefined: there is none. */
export function errorWords(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || value === "") return undefined;
  return JSON.stringify(value);
}
