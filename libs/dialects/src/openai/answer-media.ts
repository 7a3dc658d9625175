import type { AudioPart, ImagePart, MediaSource } from "@fairlead/contracts/chat/v1/content";
import { encodeBase64 } from "../base64.ts";

/** A picture made by a model, in the form that OpenAI-compatible servers use for it. */
export interface ImageBody {
  readonly type: "image_url";
  readonly image_url: { readonly url: string };
}

/** Sound made by a model. */
export interface AudioBody {
  readonly id: string;
  /** Base64. */
  readonly data: string;
  readonly transcript: string;
  /** Seconds since 1970; 0: nothing is kept to expire. */
  readonly expires_at: number;
}

export function toImageBody(image: ImagePart): ImageBody {
  return { type: "image_url", image_url: { url: toUrl(image.source) } };
}

/** @param answerId id of the answer that the sound is part of */
export function toAudioBody(audio: AudioPart, answerId: string): AudioBody {
  const location = audio.source?.location;
  const data = location?.case === "inline" ? encodeBase64(location.value) : "";
  return { id: `audio_${answerId}`, data, transcript: audio.transcript, expires_at: 0 };
}

function toUrl(source: MediaSource | undefined): string {
  if (source?.location.case === "url") return source.location.value;
  if (source?.location.case !== "inline") return "";
  return `data:${source.mimeType};base64,${encodeBase64(source.location.value)}`;
}
