import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { dropCallSignature } from "@fairlead/adapter-kit/call-signature";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import { asList, type JsonObject, parseJson } from "@fairlead/adapter-kit/json";
import type { ForeignPart, Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import type { Message } from "@fairlead/contracts/chat/v1/message";
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPartRefusal,
  ChatCompletionContentPartText,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageToolCall,
} from "openai/resources/chat/completions";
import { CHAT_DIALECT } from "../dialects.ts";
import { isCustomCall } from "./custom-calls.ts";
import { joinContent, toText, withMarks } from "./to-chat-content.ts";
import type { Writing } from "../writing.ts";

type Content = ChatCompletionContentPartText | ChatCompletionContentPartRefusal;

/** What an assistant's message is gathered from. */
interface Turn {
  readonly content: Content[];
  readonly calls: ChatCompletionMessageToolCall[];
  readonly reasoning: string[];
  readonly reasoningDetails: unknown[];
  refusal: string;
  audio: { id: string } | undefined;
}

/** An assistant's turn, with what its server wants back of its reasoning. */
export function toAssistantMessage(
  message: Message,
  path: string,
  writing: Writing,
): ChatCompletionAssistantMessageParam {
  const turn: Turn = { content: [], calls: [], reasoning: [], reasoningDetails: [], refusal: "", audio: undefined };
  message.parts.forEach((part, index) => take(turn, part, `${path}.parts[${index}]`, writing));
  const { content, calls, refusal, audio } = turn;
  const empty = calls.length === 0 && refusal === "" && audio === undefined ? "" : null;
  return {
    role: "assistant",
    content: content.length === 0 ? empty : joinContent(content),
    ...reasoningFields(turn, writing),
    ...(refusal === "" ? {} : { refusal }),
    ...(audio === undefined ? {} : { audio }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function take(turn: Turn, part: Part, path: string, writing: Writing): void {
  const { content } = part;
  switch (content.case) {
    case "text":
      return takeText(turn, part, path, writing);
    case "foreign":
      if (!takeCustomCall(turn, content.value)) takeText(turn, part, path, writing);
      return;
    case "refusal":
      turn.refusal += content.value.text;
      return;
    case "toolCall":
      dropCallSignature(content.value, path, writing.log);
      turn.calls.push(withMarks(toToolCall(content.value), part, path, writing));
      return;
    case "reasoning":
      return takeReasoning(turn, content.value, path, writing);
    case "audio":
      return takeAudio(turn, part, path, writing);
    default:
      writing.log.dropped(
        `${path}.${content.case ?? "content"}`,
        `${writing.flavor.name} takes no such part in an assistant's message.`,
      );
  }
}

/** Takes a text, or a block that stands among the texts. */
function takeText(turn: Turn, part: Part, path: string, writing: Writing): void {
  const written = toText([part], path.slice(0, path.lastIndexOf(".")), writing);
  if (typeof written !== "string") turn.content.push(...written);
  else if (part.content.case === "text") turn.content.push({ type: "text", text: written });
}

/** Takes a call of a custom tool, which stands among the calls; false: the block is none. */
function takeCustomCall(turn: Turn, { dialect, value }: ForeignPart): boolean {
  const block = dialect === CHAT_DIALECT && value !== undefined ? (toJson(ValueSchema, value) as JsonObject) : {};
  if (!isCustomCall(block)) return false;
  turn.calls.push(block as unknown as ChatCompletionMessageToolCall);
  return true;
}

function toToolCall(call: ToolCallPart): ChatCompletionMessageFunctionToolCall {
  const text = call.argumentsJson === "" ? "{}" : call.argumentsJson;
  return { type: "function", id: call.id, function: { name: call.name, arguments: text } };
}

function takeReasoning(turn: Turn, reasoning: ReasoningPart, path: string, writing: Writing): void {
  const { flavor, log, deployment } = writing;
  const { provider, text, signature } = reasoning;
  const foreign = provider !== flavor.provider || (reasoning.deployment !== "" && reasoning.deployment !== deployment);
  if (foreign || flavor.reasoningBack === undefined) {
    const reason = foreign ? "Another provider or deployment made it." : `${flavor.name} takes no reasoning back.`;
    return log.dropped(`${path}.reasoning`, reason);
  }
  if (flavor.reasoningBack === "thinking") {
    const thinking = { type: "thinking", thinking: [{ type: "text", text }] };
    turn.content.push(thinking as unknown as Content);
  } else if (flavor.reasoningBack === "reasoning_details") {
    const kept = asList(parseJson(bytesToState(signature)));
    turn.reasoningDetails.push(...(kept.length > 0 ? kept : [{ type: "reasoning.text", text }]));
  } else {
    turn.reasoning.push(text);
  }
}

function reasoningFields(turn: Turn, { flavor }: Writing): JsonObject {
  if (turn.reasoningDetails.length > 0) return { reasoning_details: turn.reasoningDetails };
  if (turn.reasoning.length === 0 || flavor.reasoningBack === undefined) return {};
  return { [flavor.reasoningBack]: turn.reasoning.join("\n") };
}

/** The server keeps what a model said and takes its id; where that is not known, the words go back. */
function takeAudio(turn: Turn, part: Part, path: string, { flavor, log }: Writing): void {
  if (part.content.case !== "audio") return;
  const id = part.extraFields.find((field) => field.dialect === CHAT_DIALECT && field.name === "id")?.value?.kind;
  if (id?.case === "stringValue") {
    turn.audio = { id: id.value };
    return;
  }
  const { transcript } = part.content.value;
  if (transcript === "")
    return log.dropped(`${path}.audio`, `${flavor.name} takes no sound in an assistant's message.`);
  log.emulated(
    `${path}.audio`,
    `${flavor.name} takes no sound in an assistant's message, so its transcript goes there.`,
  );
  turn.content.push({ type: "text", text: transcript });
}
