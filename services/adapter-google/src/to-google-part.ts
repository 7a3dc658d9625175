import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { foreignBlock, withExtraFields } from "@fairlead/adapter-kit/foreign";
import { isObject, parseJson } from "@fairlead/adapter-kit/json";
import { bytesToState } from "@fairlead/adapter-kit/opaque-state";
import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";
import { GOOGLE_DIALECT } from "./dialect.ts";
import { toFunctionResponse } from "./to-function-response.ts";
import { type RemoteMedia, toGoogleMedia } from "./to-google-media.ts";

/** A part as Gemini takes it. */
export interface GooglePart {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType?: string; fileUri: string };
  functionCall?: { id?: string; name: string; args: object };
  functionResponse?: { id?: string; name: string; response: object };
}

/** What is known while the parts of a conversation are written. */
export interface PartWriting {
  readonly log: AdaptationLog;
  /** Media that were fetched. */
  readonly media: RemoteMedia;
  /** Names of tools by the ids of their calls. */
  readonly names: ReadonlyMap<string, string>;
  /** Ids of calls by the parts that make and answer them. */
  readonly calls: Map<GooglePart, string>;
}

/** Where a part stands. */
export interface PartPlace {
  readonly path: string;
  /** Whether it is of the standing instructions. */
  readonly isSystem: boolean;
  /** What its message says before it; what it says is added. */
  readonly before: GooglePart[];
}

/** Writes a part. What Gemini cannot take is noted. */
export function toGoogleParts(part: Part, place: PartPlace, writing: PartWriting): void {
  const { log } = writing;
  const { path, before } = place;
  if (part.cacheMarker !== undefined) log.emulated(`${path}.cache_marker`, "Gemini caches long prompts by itself.");
  const written = write(part, place, writing);
  const [first] = written;
  if (first !== undefined) withExtraFields(first, part, GOOGLE_DIALECT, path, log);
  before.push(...written);
}

function write(part: Part, { path, isSystem, before }: PartPlace, writing: PartWriting): GooglePart[] {
  const { content } = part;
  const { log, calls } = writing;
  switch (content.case) {
    case "text":
    case "refusal":
      return content.value.text === "" ? [] : [{ text: content.value.text }];
    case "foreign": {
      const block = foreignBlock(part, GOOGLE_DIALECT, path, log);
      return block === undefined ? [] : [block as GooglePart];
    }
    case "toolCall": {
      const call = toFunctionCall(content.value, path, log);
      calls.set(call, content.value.id);
      return [call];
    }
    case "toolResult": {
      const parts = toFunctionResponse(content.value, path, writing);
      for (const each of parts) calls.set(each, content.value.toolCallId);
      return parts;
    }
    case "reasoning":
      return toThought(content.value, before.at(-1), path, log);
    case "image":
    case "audio":
    case "file":
      if (!isSystem) return toGoogleMedia(content.value.source, `${path}.${content.case}`, writing);
      break;
    default:
  }
  log.dropped(`${path}.${content.case ?? "content"}`, "Gemini takes no such part in this place.");
  return [];
}

function toFunctionCall(call: ToolCallPart, path: string, log: AdaptationLog): GooglePart {
  const parsed = call.argumentsJson === "" ? {} : parseJson(call.argumentsJson);
  if (!isObject(parsed)) log.emulated(`${path}.tool_call.arguments_json`, "Gemini takes objects alone; the text is given as one.");
  const signature = bytesToState(call.signature);
  return {
    functionCall: { ...(call.id === "" ? {} : { id: call.id }), name: call.name, args: isObject(parsed) ? parsed : { arguments: call.argumentsJson } },
    ...(signature === "" ? {} : { thoughtSignature: signature }),
  };
}

/** Thoughts go back with their signature as they came; those of other providers do not. */
function toThought(reasoning: ReasoningPart, before: GooglePart | undefined, path: string, log: AdaptationLog): GooglePart[] {
  if (reasoning.provider !== "google") {
    log.dropped(`${path}.reasoning`, "Gemini takes back its own thoughts alone.");
    return [];
  }
  const signature = bytesToState(reasoning.signature);
  const signed = signature === "" ? {} : { thoughtSignature: signature };
  if (reasoning.text !== "") return [{ text: reasoning.text, thought: true, ...signed }];
  if (signature === "") return [];
  if (before === undefined || !isSignable(before)) return [{ text: "", ...signed }];
  // Without words it is the signature of what was said before it.
  before.thoughtSignature = signature;
  return [];
}

function isSignable(part: GooglePart): boolean {
  const isSaid = part.text !== undefined || part.inlineData !== undefined || part.fileData !== undefined;
  return isSaid && part.thought !== true && part.thoughtSignature === undefined;
}
