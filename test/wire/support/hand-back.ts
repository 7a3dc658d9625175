import type { Edge, Told } from "./start-wire-mesh.ts";

/** The request that goes on from an answer: the answer as it came, with a result for each of its calls, or words where it has none. */
export function handBack(edge: Edge, body: any, told: Told): object {
  const { stream: _stream, ...again } = body;
  const { body: answer } = told;
  const next = { role: "user", content: "Go on." };
  if (edge === "chat") {
    const { message } = answer.choices[0];
    const results = (message.tool_calls ?? []).map((call: { id: string }) => ({
      role: "tool",
      tool_call_id: call.id,
      content: "high",
    }));
    return { ...again, messages: [...body.messages, message, ...(results.length === 0 ? [next] : results)] };
  }
  if (edge === "messages") {
    const calls = answer.content.filter((block: { type: string }) => block.type === "tool_use");
    const results = calls.map(({ id }: { id: string }) => ({ type: "tool_result", tool_use_id: id, content: "high" }));
    return {
      ...again,
      messages: [
        ...body.messages,
        { role: "assistant", content: answer.content },
        { role: "user", content: results.length === 0 ? "Go on." : results },
      ],
    };
  }
  const calls = answer.output.filter((item: { type: string }) => item.type === "function_call");
  const results = calls.map(({ call_id }: { call_id: string }) => ({
    type: "function_call_output",
    call_id,
    output: "high",
  }));
  return {
    ...again,
    input: [{ role: "user", content: body.input }, ...answer.output, ...(results.length === 0 ? [next] : results)],
  };
}
