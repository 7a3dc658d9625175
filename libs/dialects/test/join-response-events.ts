type Json = Record<string, unknown>;

interface Event extends Json {
  readonly type: string;
  readonly sequence_number: number;
  readonly output_index: number;
  readonly item_id: string;
  readonly delta: string;
  readonly item: Json;
  readonly part: Json;
  readonly response: Json & { readonly output: readonly Json[] };
}

const TERMINAL = new Set(["response.completed", "response.incomplete", "response.failed", "error"]);

/** The events of a stream; fails where a frame is malformed, misnamed or out of order. */
export function responseEvents(stream: string): Event[] {
  const frames = stream.split("\n\n");
  expect(frames.pop()).toBe("");
  return frames.map((frame, index) => {
    const [, name, data] = /^event: ([\w.]+)\ndata: ([^\n]+)$/.exec(frame) ?? [];
    const event = JSON.parse(data ?? "") as Event;
    expect([event.type, event.sequence_number]).toEqual([name, index]);
    return event;
  });
}

/** The response that events add up to by their deltas alone; fails where their own sums say something else. */
export function joinResponseEvents(stream: string): Json {
  const events = responseEvents(stream);
  expect(events.filter(({ type }) => TERMINAL.has(type))).toEqual([events.at(-1)]);
  const items: Json[] = [];
  const done = new Set<number>();
  for (const event of events.slice(0, -1)) apply(event, items, done);
  const { response } = events.at(-1) as Event;
  expect(done.size).toBe(items.length);
  expect(response.output).toEqual(items);
  for (const { type, response: early } of events) {
    if (type === "response.created") expect([early["id"], early["created_at"], early["model"]]).toEqual([response["id"], response["created_at"], response["model"]]);
  }
  return response;
}

function apply(event: Event, items: Json[], done: Set<number>): void {
  const { type, output_index: place } = event;
  const item = items[place] as Json;
  if (type.startsWith("response.output_item.") || event.item_id !== undefined) expect(done.has(place)).toBe(false);
  if (event.item_id !== undefined) expect(item["id"]).toBe(event.item_id);
  const content = (item?.["content"] ?? []) as Json[];
  const at = content[event["content_index"] as number] as Json;
  switch (type) {
    case "response.output_item.added":
      expect(place).toBe(items.length);
      items.push(structuredClone(event.item));
      return;
    case "response.output_item.done":
      expect(event.item).toMatchObject({ ...item, ...(item["status"] === undefined ? {} : { status: event.item["status"] }) });
      items[place] = event.item;
      done.add(place);
      return;
    case "response.content_part.added":
      expect(event["content_index"]).toBe(content.length);
      content.push(structuredClone(event.part));
      return;
    case "response.content_part.done":
      expect({ ...at, logprobs: undefined }).toEqual({ ...event.part, logprobs: undefined });
      content[event["content_index"] as number] = event.part;
      return;
    case "response.output_text.delta":
      at["text"] = String(at["text"]) + event.delta;
      return;
    case "response.output_text.annotation.added":
      (at["annotations"] as unknown[]).push(event["annotation"]);
      return;
    case "response.refusal.delta":
      at["refusal"] = String(at["refusal"]) + event.delta;
      return;
    case "response.reasoning_summary_part.added":
      (item["summary"] as unknown[]).push(structuredClone(event.part));
      return;
    case "response.reasoning_summary_text.delta": {
      const [summary] = item["summary"] as Json[];
      Object.assign(summary as Json, { text: String(summary?.["text"]) + event.delta });
      return;
    }
    case "response.function_call_arguments.delta":
      item["arguments"] = String(item["arguments"]) + event.delta;
      return;
    case "response.function_call_arguments.done":
      expect(item["arguments"]).toBe(event["arguments"]);
      return;
  }
}
