import { asText, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { soundOf } from "./answer-media.ts";

/** Bytes of sound at most, as the contract bounds them, and characters of what is said. */
const MAX_BYTES = 20 * 1024 * 1024;
const MAX_CHARACTERS = 1024 * 1024;

/** Puts the sound of a streamed answer together, which goes on as one part. */
export class SoundGatherer {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #transcript = "";
  /** What else was said of it, such as its id. */
  #fields: JsonObject = {};

  /** Takes a fragment: base64 that stands alone, a piece of the transcript, or both. */
  take(fragment: JsonObject): void {
    const { data, transcript, ...fields } = fragment;
    const piece = Buffer.from(asText(data), "base64");
    this.#bytes += piece.length;
    this.#transcript += asText(transcript);
    if (this.#bytes > MAX_BYTES || this.#transcript.length > MAX_CHARACTERS)
      throw malformedAnswer("The sound of the provider's stream is too long.");
    if (piece.length > 0) this.#pieces.push(piece);
    this.#fields = { ...this.#fields, ...fields };
  }

  /** The sound so far. Undefined: none came. */
  part(): Part | undefined {
    if (this.#bytes === 0) return undefined;
    return soundOf(new Uint8Array(Buffer.concat(this.#pieces)), this.#transcript, this.#fields);
  }
}
