import type { Answer } from "../answer/plan-answer.ts";
import { hashText } from "../answer/hash.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { invalidValue, missing } from "./errors.ts";

const SAMPLE_RATE = 24_000;
const SAMPLES_PER_TOKEN = 120;
const TOKENS_PER_SOUND = 256;
/** How long an answer's sound can be referred to, in seconds. */
const KEPT_SECONDS = 3_600;

/** What the bytes of a format begin with; samples follow. */
const HEADS: Readonly<Record<string, string>> = { pcm16: "", mp3: "ID3", flac: "fLaC", opus: "OggS", wav: "RIFF" };

/** The format in which an answer is spoken; undefined for one that is written. */
export function readSoundFormat(body: JsonObject): string | Refusal | undefined {
  if (!listOf(body["modalities"]).includes("audio")) return undefined;
  const model = String(body["model"]);
  if (!model.includes("audio"))
    return invalidValue("modalities", `The model '${model.slice(0, 100)}' does not support audio output.`);
  const audio = objectOf(body["audio"]);
  if (audio === undefined) return missing("audio");
  const format = textOf(audio["format"]) ?? "";
  if (HEADS[format] === undefined) return invalidValue("audio.format", `Invalid value: '${format.slice(0, 50)}'.`);
  if (body["stream"] !== true || format === "pcm16") return format;
  const message = `Unsupported value: 'audio.format' does not support '${format}' when stream=true. Supported values are: 'pcm16'.`;
  return new Refusal("invalid", message, { param: "audio.format", code: "unsupported_value" });
}

/** Tokens of sound in the messages of a chat completion. */
export function soundTokens(body: JsonObject): number {
  const parts = listOf(body["messages"]).flatMap((message) => listOf(objectOf(message)?.["content"]));
  return parts.filter((part) => isObject(part) && part["type"] === "input_audio").length * TOKENS_PER_SOUND;
}

/** The `audio` of a message that says an answer's text. */
export function soundOf(answer: Answer, format: string, id: string, created: number): object {
  const data = soundBytes(answer, format).toString("base64");
  return { id: `audio_${id}`, data, expires_at: created + KEPT_SECONDS, transcript: answer.text };
}

/** The pieces of the same in a stream: the id first, words and sound in turn, the time until which it is kept last. */
export function soundDeltas(answer: Answer, pieces: readonly string[], id: string, created: number): readonly object[] {
  const bytes = soundBytes(answer, "pcm16");
  const step = Math.ceil(bytes.length / Math.max(1, pieces.length) / 2) * 2;
  const said = pieces.flatMap((transcript, index) => {
    const data = bytes.subarray(index * step, (index + 1) * step).toString("base64");
    return [{ transcript }, ...(data === "" ? [] : [{ data }])];
  });
  return [{ id: `audio_${id}`, transcript: "" }, ...said, { expires_at: created + KEPT_SECONDS }];
}

function soundBytes(answer: Answer, format: string): Buffer {
  const samples = Buffer.alloc(answer.outputTokens * SAMPLES_PER_TOKEN * 2);
  const pitch = 200 + (hashText(answer.text) % 400);
  for (let at = 0; at < samples.length; at += 2) {
    samples.writeInt16LE(Math.round(8_000 * Math.sin((at * Math.PI * pitch) / SAMPLE_RATE)), at);
  }
  return format === "wav"
    ? Buffer.concat([waveHead(samples.length), samples])
    : Buffer.concat([Buffer.from(HEADS[format] ?? ""), samples]);
}

/** The head of a WAVE file of one channel of 16-bit samples. */
function waveHead(length: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLE_RATE, 24);
  head.writeUInt32LE(SAMPLE_RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(length, 40);
  return head;
}
