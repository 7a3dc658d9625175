/** Pieces of which the first also carries what opens them and the last what closes them; at least one. */
export function enclose(opening: string, pieces: readonly string[], closing: string): string[] {
  if (pieces.length < 2) return [opening + pieces.join("") + closing];
  const enclosed = [...pieces];
  enclosed[0] = opening + enclosed[0];
  enclosed[enclosed.length - 1] += closing;
  return enclosed;
}
