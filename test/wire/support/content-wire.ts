import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { dataFrame, json, sse } from "./fixtures.ts";

/** Usage as Gemini tells it. */
export const CONTENT_USAGE = { promptTokenCount: 10, candidatesTokenCount: 4, totalTokenCount: 14 };

const HEAD = { modelVersion: "gemini-2.5-flash", responseId: "r1" };

/** What one answer, or one event of a stream, holds. */
export function content(parts: readonly object[], finish?: string, usage: object | undefined = CONTENT_USAGE): object {
  const candidate = {
    index: 0,
    content: { role: "model", parts },
    ...(finish === undefined ? {} : { finishReason: finish }),
  };
  return { ...HEAD, candidates: [candidate], ...(usage === undefined ? {} : { usageMetadata: usage }) };
}

/** A whole answer. */
export function generated(parts: readonly object[] = [{ text: "Ahoy." }], finish = "STOP", usage?: object): Fixture {
  return json(content(parts, finish, usage));
}

/** A stream with the parts of each event; the last one ends it. */
export function generatedStream(events: readonly (readonly object[])[], finish = "STOP", usage?: object): Fixture {
  return sse(
    events.map((parts, index) => dataFrame(content(parts, index === events.length - 1 ? finish : undefined, usage))),
  );
}
