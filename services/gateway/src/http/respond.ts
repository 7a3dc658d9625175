import type { ServerResponse } from "node:http";

/** Answers with JSON. */
export function respondJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  // A text leaves in one write together with its head; bytes would be a second one.
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(text)) });
  response.end(text);
}

/** Begins a stream of server-sent events. */
export function beginEvents(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, {
    ...headers,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
}

/** Writes text of a stream; waits while the caller reads slower than it comes. */
export async function writeText(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (text === "" || response.write(text) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
