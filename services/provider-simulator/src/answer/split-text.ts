import { wholeCharacter } from "./tokens.ts";

/**
 * Parts a text into `count` pieces of about the same length, never within a surrogate pair. There are fewer pieces
 * only where the text has fewer characters, and none for an empty text.
 */
export function splitText(text: string, count: number): string[] {
  const pieces: string[] = [];
  const wanted = Math.max(1, Math.min(count, text.length));
  let start = 0;
  for (let piece = 1; piece <= wanted; piece++) {
    const end = wholeCharacter(text, Math.round((piece * text.length) / wanted));
    if (end > start) pieces.push(text.slice(start, end));
    start = Math.max(start, end);
  }
  return pieces;
}
