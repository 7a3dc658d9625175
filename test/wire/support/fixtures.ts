import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";

/** An answer in JSON. */
export function json(value: unknown, more: Partial<Fixture> = {}): Fixture {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value), ...more };
}

/** An answer of server-sent events. */
export function sse(frames: readonly string[], more: Partial<Fixture> = {}): Fixture {
  return { headers: { "content-type": "text/event-stream" }, body: frames.join(""), ...more };
}

/** An answer of lines of JSON. */
export function lines(frames: readonly string[], more: Partial<Fixture> = {}): Fixture {
  return { headers: { "content-type": "application/x-ndjson" }, body: frames.join(""), ...more };
}

/** An event without a name. */
export function dataFrame(value: unknown): string {
  return `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
}

/** An event that is named after the type of what it holds. */
export function namedFrame(value: { readonly type: string }): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
}

/** A line of JSON. */
export function lineFrame(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
