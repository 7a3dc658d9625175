import type { PromptMeter } from "../answer/prompt-meter.ts";
import { isObject, listOf, objectOf, textOf } from "../json.ts";

/** Measures the content of a message, a text or an array of parts, and returns its text. */
export function readContent(content: unknown, meter: PromptMeter): string {
  if (typeof content === "string") {
    meter.text(content);
    return content;
  }
  let text = "";
  for (const part of listOf(content)) {
    if (!isObject(part)) continue;
    const words = textOf(part["text"]) ?? textOf(part["refusal"]);
    if (words === undefined) meter.media(referenceOf(part));
    else meter.text(words);
    text += words ?? "";
  }
  return text;
}

function referenceOf(part: Readonly<Record<string, unknown>>): string {
  const image = part["image_url"];
  const sound = objectOf(part["input_audio"])?.["data"];
  const source = textOf(image) ?? textOf(objectOf(image)?.["url"]) ?? textOf(sound) ?? textOf(part["file_id"]) ?? "";
  return `${String(part["type"])}:${source.length}:${source.slice(-64)}`;
}
