/** Words of a text that are looked at, from its end: a model that runs in circles does so until it is stopped. */
const LOOKED_AT = 2_000;
const LEAST_WORDS = 32;
/** Words of a run that repeats itself at most, and times it must have come to count as a loop. */
const LONGEST_RUN = 60;
const TIMES = 4;
const GRAM = 4;

/** Words in lower case; each character of a script without spaces is one. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/**
 * How much a text repeats itself, 0 to 1: 1 for one that ends in a run of words that came four times or more, else the
 * share of its runs of four words that it holds more than once. Prose has less than 0.1, lists and tables up to 0.4.
 */
export function findRepetition(text: string): number {
  const words = wordsOf(text).slice(-LOOKED_AT);
  if (words.length < LEAST_WORDS) return 0;
  return endsInLoop(words) ? 1 : repeatedShare(words);
}

function endsInLoop(words: readonly string[]): boolean {
  for (let run = 1; run <= LONGEST_RUN; run++) {
    // A single word must come more often: some verses and counts repeat one.
    const needed = Math.max(TIMES * run, 16);
    if (needed > words.length) break;
    let index = words.length - 1;
    const last = words.length - needed + run;
    while (index >= last && words[index] === words[index - run]) index -= 1;
    if (index < last) return true;
  }
  return false;
}

function repeatedShare(words: readonly string[]): number {
  const seen = new Set<string>();
  const total = words.length - GRAM + 1;
  for (let index = 0; index < total; index++) seen.add(words.slice(index, index + GRAM).join(" "));
  return 1 - seen.size / total;
}
