interface Event {
  readonly type: string;
  readonly index: number;
  readonly message: object;
  readonly content_block: Record<string, unknown>;
  readonly delta: Record<string, string>;
  readonly [field: string]: unknown;
}

/** The message that named events add up to; fails where they are out of order. */
export function joinEvents(stream: string): unknown {
  let message: Record<string, unknown> = {};
  const content: Record<string, unknown>[] = [];
  let open: { block: Record<string, unknown>; input: string } | undefined;
  for (const frame of stream.split("\n\n").slice(0, -1)) {
    const [, name, data] = /^event: (\w+)\ndata: ([^\n]+)$/.exec(frame) ?? [];
    const { type, index, delta, ...event } = JSON.parse(data ?? "") as Event;
    expect(name).toBe(type);
    if (type === "message_start") message = { ...event.message };
    if (type === "content_block_start") {
      expect([open, index]).toEqual([undefined, content.length]);
      open = { block: { ...event.content_block }, input: "" };
    }
    if (type === "content_block_delta") {
      expect([open === undefined, index]).toEqual([false, content.length]);
      if (open !== undefined) addDelta(open, delta);
    }
    if (type === "content_block_stop") {
      if (open?.input !== "") Object.assign(open?.block ?? {}, { input: JSON.parse(open?.input ?? "") });
      content.push(open?.block ?? {});
      open = undefined;
    }
    if (type === "message_delta") message = { ...message, ...delta, ...event };
  }
  return { ...message, content };
}

function addDelta(
  open: { block: Record<string, unknown>; input: string },
  { type, ...delta }: Record<string, string>,
): void {
  if (type === "input_json_delta") open.input += delta["partial_json"];
  else if (type === "citations_delta") open.block["citations"] = [...((open.block["citations"] ?? []) as unknown[]), delta["citation"]];
  else for (const [field, value] of Object.entries(delta)) open.block[field] = String(open.block[field]) + value;
}
