import { between, pick, type Random } from "./random.ts";
import { ADJECTIVES, ADVERBS, NOUNS, OPENINGS, VERBS } from "./vocabulary.ts";

/** As many sentences as asked for, parted by single spaces. */
export function writeSentences(random: Random, count: number): string {
  let text = writeSentence(random);
  for (let written = 1; written < count; written++) text += " " + writeSentence(random);
  return text;
}

/** Sentences of exactly `length` characters, the last one ending in a full stop where there is room for one. */
export function writeLength(random: Random, length: number): string {
  let text = writeSentence(random);
  while (text.length < length) text += " " + writeSentence(random);
  return text.length === length || length < 2 ? text.slice(0, length) : text.slice(0, length - 1) + ".";
}

/** A single plain word. */
export function writeWord(random: Random): string {
  return pick(random, NOUNS);
}

function writeSentence(random: Random): string {
  const subject = `the ${pick(random, ADJECTIVES)} ${pick(random, NOUNS)}`;
  const sentence = `${pick(random, OPENINGS)} ${subject} ${pick(random, VERBS)} the ${pick(random, NOUNS)}`;
  if (between(random, 0, 2) === 0) return `${sentence} ${pick(random, ADVERBS)}.`;
  return `${sentence} and ${pick(random, VERBS)} the ${pick(random, ADJECTIVES)} ${pick(random, NOUNS)}.`;
}
