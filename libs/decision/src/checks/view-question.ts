import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { MediaSource, Part } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";

/** Characters of the texts of a request that answers are held against. */
const MOST_CHARACTERS = 400_000;

/** A request as checks of its answers see it. */
export interface QuestionView {
  /** The text of the last message of the user. */
  readonly question: string;
  /** Names of the tools offered. */
  readonly tools: ReadonlySet<string>;
  /** Name of the tool that must be called, "" for any; undefined: none must. */
  readonly requiredTool: string | undefined;
  /** True when the answer must be JSON. */
  readonly wantsJson: boolean;
}

/** What checks need to know of a request. */
export function viewQuestion(chat: ChatRequest): QuestionView {
  const message = chat.messages.findLast(({ role }) => role === Role.USER);
  const texts = message?.parts.flatMap(({ content }) => (content.case === "text" ? [content.value.text] : []));
  const choice = chat.toolChoice;
  const named = choice?.mode === ToolChoiceMode.NAMED ? choice.name : undefined;
  const format = chat.responseFormat?.format.case;
  return {
    question: texts?.join("\n") ?? "",
    tools: new Set(chat.tools.map(({ name }) => name)),
    requiredTool: choice?.mode === ToolChoiceMode.REQUIRED ? "" : named,
    wantsJson: format === "jsonObject" || format === "jsonSchema",
  };
}

/**
 * The texts of a request that an answer may rest on: instructions, what the user wrote, results of tools and text files.
 * What the model itself said earlier is none of them. At most 400,000 characters.
 */
export function sourceTexts(chat: ChatRequest): string[] {
  const texts: string[] = [];
  let left = MOST_CHARACTERS;
  const add = (text: string) => {
    if (left <= 0 || text === "") return;
    texts.push(text.slice(0, left));
    left -= text.length;
  };
  for (const { role, parts } of chat.messages) if (role !== Role.ASSISTANT) for (const part of parts) addPart(part, add, left);
  return texts;
}

function addPart({ content }: Part, add: (text: string) => void, left: number): void {
  if (content.case === "text") add(content.value.text);
  else if (content.case === "audio") add(content.value.transcript);
  else if (content.case === "file") add(fileText(content.value.source, content.value.filename, left));
  else if (content.case === "toolResult") for (const inner of content.value.content) addPart(inner, add, left);
}

const TEXT_TYPES = /^text\/|[/+](?:json|xml|yaml|csv|markdown|javascript)\b/;
const TEXT_NAMES = /\.(?:txt|md|csv|tsv|json|jsonl|xml|html?|ya?ml|log)$/i;

function fileText(source: MediaSource | undefined, filename: string, left: number): string {
  if (source?.location.case !== "inline") return "";
  if (!TEXT_TYPES.test(source.mimeType) && !(source.mimeType === "" && TEXT_NAMES.test(filename))) return "";
  // A character has up to four bytes.
  return new TextDecoder().decode(source.location.value.subarray(0, Math.max(0, left) * 4));
}
