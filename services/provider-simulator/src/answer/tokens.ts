/** Characters (UTF-16 units) that count as one token: the rule of the whole simulator. */
export const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a text: its length over four, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The longest beginning of a text that holds at most `tokens` tokens and no half of a surrogate pair. */
export function cutToTokens(text: string, tokens: number): string {
  return text.slice(0, wholeCharacter(text, Math.max(0, tokens) * CHARACTERS_PER_TOKEN));
}

/** The position itself, or one less where it would part a surrogate pair. */
export function wholeCharacter(text: string, position: number): number {
  if (position <= 0 || position >= text.length) return position;
  const before = text.charCodeAt(position - 1);
  return before >= 0xd800 && before <= 0xdbff ? position - 1 : position;
}
