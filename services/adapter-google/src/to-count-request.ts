import { type GoogleBody, toModelPath } from "./to-google-request.ts";

/** A body of countTokens. */
export interface GoogleCount {
  readonly generateContentRequest: Omit<GoogleBody, "generationConfig"> & { readonly model: string };
}

/** The request that has Gemini count the tokens of a prompt, with its standing instructions and tools. */
export function toCountRequest(model: string, body: GoogleBody): GoogleCount {
  const { generationConfig: _, ...prompt } = body;
  const path = toModelPath(model);
  return { generateContentRequest: { ...prompt, model: path.includes("/") ? path : `models/${path}` } };
}
