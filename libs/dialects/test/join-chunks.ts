interface Chunk {
  readonly choices: readonly { readonly delta: Record<string, unknown>; readonly finish_reason: string | null }[];
  readonly [field: string]: unknown;
}

interface ToolCall {
  readonly index: number;
  readonly function: { arguments: string };
}

/** The chat completion that chunks of one choice add up to, as OpenAI's clients add them up. */
export function joinChunks(frames: readonly unknown[]): unknown {
  expect(frames.at(-1)).toBe("[DONE]");
  const message: Record<string, unknown> = { refusal: null };
  const calls: ToolCall[] = [];
  let completion: Record<string, unknown> = {};
  let choice: Record<string, unknown> = {};
  for (const { choices, ...fields } of frames.slice(0, -1) as Chunk[]) {
    completion = { ...completion, ...fields };
    for (const { delta, ...rest } of choices) {
      choice = { ...choice, ...rest };
      for (const [name, value] of Object.entries(delta)) {
        if (name === "tool_calls") addCalls(calls, value as ToolCall[]);
        else if (Array.isArray(value)) message[name] = [...((message[name] as unknown[]) ?? []), ...value];
        else message[name] = name === "role" || value === null ? value : String(message[name] ?? "") + String(value);
      }
    }
  }
  if (calls.length > 0) message["tool_calls"] = calls.map((call) => ({ ...call, index: undefined }));
  return { ...completion, object: "chat.completion", choices: [{ ...choice, message, logprobs: null }] };
}

function addCalls(calls: ToolCall[], pieces: readonly ToolCall[]): void {
  for (const piece of pieces) {
    const open = calls[piece.index];
    if (open === undefined) calls[piece.index] = structuredClone(piece);
    else open.function.arguments += piece.function.arguments;
  }
}
