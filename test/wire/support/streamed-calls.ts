import type { Edge, Told } from "./start-wire-mesh.ts";

/** A call of a tool as a caller puts it together from a stream. */
export interface StreamedCall {
  /** Number under which its pieces came. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** The calls of a stream in the order in which they opened, each put together from its pieces. */
export function streamedCalls(edge: Edge, { events }: Told): StreamedCall[] {
  const calls = new Map<number, StreamedCall>();
  const open = (index: number, id: string, name: string) => {
    if (calls.has(index)) throw new Error(`call ${index} opened twice`);
    calls.set(index, { index, id, name, arguments: "" });
  };
  const more = (index: number, fragment: string) => {
    const call = calls.get(index);
    if (call !== undefined) calls.set(index, { ...call, arguments: call.arguments + fragment });
  };
  for (const { event, data } of events) {
    if (edge === "chat") {
      for (const { index, id, function: called } of data.choices?.[0]?.delta.tool_calls ?? []) {
        if (id !== undefined) open(index, id, called.name);
        more(index, called?.arguments ?? "");
      }
    } else if (edge === "messages") {
      if (event === "content_block_start" && data.content_block.type === "tool_use")
        open(data.index, data.content_block.id, data.content_block.name);
      if (event === "content_block_delta") more(data.index, data.delta.partial_json ?? "");
    } else {
      if (event === "response.output_item.added" && data.item.type === "function_call")
        open(data.output_index, data.item.call_id, data.item.name);
      if (event === "response.function_call_arguments.delta") more(data.output_index, data.delta);
    }
  }
  return [...calls.values()];
}

/** The calls of a whole answer. */
export function wholeCalls(edge: Edge, { body }: Told): Omit<StreamedCall, "index">[] {
  // eslint-disable-next-line typescript/no-explicit-any -- bodies of three shapes
  const of = (list: any[], type: string) => list.filter((one) => one.type === type);
  if (edge === "chat")
    return (body.choices[0].message.tool_calls ?? []).map((call: any) => ({
      id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    }));
  if (edge === "messages")
    return of(body.content, "tool_use").map(({ id, name, input }) => ({ id, name, arguments: JSON.stringify(input) }));
  return of(body.output, "function_call").map(({ call_id, name, arguments: text }) => ({
    id: call_id,
    name,
    arguments: text,
  }));
}

/** What a stream of Anthropic's opened, got and closed: the block's number and type with each. */
export function blockSteps({ events }: Told): string[] {
  const types = new Map<number, string>();
  return events.flatMap(({ event, data }) => {
    if (event === "content_block_start") types.set(data.index, data.content_block.type);
    const step = /^content_block_(start|delta|stop)$/.exec(event)?.[1];
    return step === undefined ? [] : [`${step} ${data.index} ${types.get(data.index)}`];
  });
}
