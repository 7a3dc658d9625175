import { list, type Loose, object, objects } from "../json.ts";
import { saying } from "./saying.ts";

/**
 * A body of Anthropic's Messages in one spelling. Ways to say the same:
 *
 * - system and content as a text and as a list with one text; turns of one side in a row and one turn
 * - `output_format` and `output_config.format`; a tool without a type and one of type custom
 * - a cache marker of five minutes and one without a time; `is_error: false`, `stream: false`, `tool_choice: auto`
 */
export function canonicalMessages(body: unknown): Loose {
  const { system, messages, tools, tool_choice, stream, output_format, output_config, cache_control, ...rest } = object(body);
  const { format, ...output } = object(output_config);
  const choice = object(tool_choice);
  return saying({
    ...rest,
    stream: stream === true ? true : undefined,
    system: blocks(system),
    messages: joinTurns(objects(messages)),
    tools: objects(tools).map(canonicalTool),
    tool_choice: choice["type"] === "auto" && choice["disable_parallel_tool_use"] !== true ? undefined : choice,
    output_format: output_format ?? format,
    output_config: output,
    cache_control: canonicalMarker(cache_control),
  });
}

function joinTurns(messages: readonly Loose[]): Loose[] {
  const turns: { role: unknown; content: Loose[] }[] = [];
  for (const { role, content } of messages) {
    const last = turns.at(-1);
    if (last !== undefined && last.role === role) last.content.push(...blocks(content));
    else turns.push({ role, content: [...blocks(content)] });
  }
  return turns;
}

function blocks(content: unknown): Loose[] {
  const written = typeof content === "string" ? [{ type: "text", text: content }] : list(content).map(object);
  return written.map((block) =>
    saying({
      ...block,
      cache_control: canonicalMarker(block["cache_control"]),
      is_error: block["is_error"] === true ? true : undefined,
      content: block["type"] === "tool_result" ? blocks(block["content"]) : block["content"],
    }),
  );
}

function canonicalTool(tool: Loose): Loose {
  const { type, cache_control, ...rest } = tool;
  return saying({
    ...rest,
    type: type === "custom" ? undefined : type,
    cache_control: canonicalMarker(cache_control),
    strict: rest["strict"] === true ? true : undefined,
  });
}

function canonicalMarker(marker: unknown): unknown {
  if (marker === undefined || marker === null) return undefined;
  const { ttl, ...rest } = object(marker);
  return ttl === "5m" ? rest : marker;
}
