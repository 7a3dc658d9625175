/** Something that is not as it should be. */
export interface Difference {
  /** What was looked at, for example text or request. */
  readonly check: string;
  /** Where, and what was expected and seen, shortened. */
  readonly detail: string;
}

/** Says what was expected and what was seen, from the place on at which two texts part. */
export function parted(expected: string, seen: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === seen[at]) at += 1;
  const from = Math.max(0, at - 12);
  const show = (text: string) => JSON.stringify(text.slice(from, from + 60));
  return `at ${at} of ${expected.length}: expected ${show(expected)}, saw ${show(seen)}`;
}
