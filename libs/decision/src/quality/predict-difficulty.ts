/**
 * How likely a weak model fails at a question, as its text alone tells.
 * @returns 0 (any model manages) to 1 (only the strongest may)
 */
export function predictDifficulty(text: string): number {
  return Math.min(1, 0.3 + text.length / 20_000);
}
