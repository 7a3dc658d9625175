import type { Part, ReasoningPart, ToolCallPart } from "@fairlead/contracts/chat/v1/content";

function part(content: Part["content"]): Part {
  return { $typeName: "fairlead.chat.v1.Part", content, extraFields: [] };
}

/** Adds text to an answer. Text that follows text continues it, as it would in a stream, which knows no boundary there. */
export function addText(parts: Part[], text: string): void {
  if (text === "") return;
  const last = parts.at(-1)?.content;
  if (last?.case === "text") last.value.text += text;
  else parts.push(part({ case: "text", value: { $typeName: "fairlead.chat.v1.TextPart", text } }));
}

/** Adds a reasoning part to an answer. */
export function addReasoning(parts: Part[], reasoning: ReasoningFields): void {
  parts.push(part({ case: "reasoning", value: { $typeName: "fairlead.chat.v1.ReasoningPart", id: "", deployment: "", ...reasoning } }));
}

/** A reasoning part without what most providers do not tell. */
type ReasoningFields = Omit<ReasoningPart, "$typeName" | "id" | "deployment"> & Partial<Pick<ReasoningPart, "id" | "deployment">>;

/** Adds a tool call to an answer. */
export function addToolCall(parts: Part[], call: Omit<ToolCallPart, "$typeName">): void {
  parts.push(part({ case: "toolCall", value: { $typeName: "fairlead.chat.v1.ToolCallPart", ...call } }));
}

/** Adds a refusal to an answer. */
export function addRefusal(parts: Part[], text: string): void {
  if (text === "") return;
  parts.push(part({ case: "refusal", value: { $typeName: "fairlead.chat.v1.RefusalPart", text } }));
}

/** A picture or sound that a model made. */
export function mediaPart(inline: Uint8Array<ArrayBuffer>, mimeType: string): Part {
  const source = { $typeName: "fairlead.chat.v1.MediaSource" as const, location: { case: "inline" as const, value: inline }, mimeType, dialect: "" };
  if (mimeType.startsWith("audio/")) {
    return part({ case: "audio", value: { $typeName: "fairlead.chat.v1.AudioPart", source, transcript: "" } });
  }
  if (mimeType.startsWith("image/")) {
    return part({ case: "image", value: { $typeName: "fairlead.chat.v1.ImagePart", source, detail: 0 } });
  }
  return part({ case: "file", value: { $typeName: "fairlead.chat.v1.FilePart", source, filename: "" } });
}
