import { FUNCTION_WORDS } from "./function-words.ts";
import { isMonth, NUMBER, numberForms, numberOfWord } from "./number-forms.ts";
import { splitSentences, withoutEmphasis } from "./split-sentences.ts";

/** Statements of an answer that are looked at, and its characters. */
const MOST_STATEMENTS = 400;
const MOST_CHARACTERS = 64_000;
/** Share of a statement's content words, and of its names, that its sources must hold. */
const LEAST_WORDS = 0.5;
const LEAST_NAMES = 0.7;
/** Letters of a word that are compared: endings differ between forms of a word. */
const STEM = 6;

/** What can be looked up of the texts that an answer may rest on. */
export interface SourceIndex {
  readonly stems: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  /** All texts in lower case, with one space for whatever is no letter or digit. */
  readonly plain: string;
}

/** How far an answer rests on its sources. */
export interface Grounding {
  /** Share of the statements that are supported, 0 to 1; 1 where the answer states nothing. */
  readonly share: number;
  readonly statements: number;
}

/** Prepares texts to hold answers against. */
export function indexSources(given: readonly string[]): SourceIndex {
  // Answers are read without marks of emphasis, which may stand between words of a source or within one.
  const texts = given.flatMap((text) => [...new Set([text, withoutEmphasis(text)])]);
  const stems = new Set<string>();
  const numbers = new Set<string>();
  for (const text of texts) {
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      for (const stem of stemsOf(word)) stems.add(stem);
      const number = numberOfWord(word);
      if (number !== undefined) numbers.add(number);
    }
    for (const [written] of text.matchAll(NUMBER)) for (const form of numberForms(written)) numbers.add(form);
  }
  return { stems, numbers, plain: ` ${texts.map(plainOf).join(" ")} ` };
}

/**
 * The share of an answer's statements that texts support, by words alone. A statement is a sentence with a number, a
 * quotation or at least three content words that is no question, no heading, no remark about the answer and no admission
 * that something is not told. It is supported when all its numbers and dates and all its quotations, seven tenths of its
 * names and half of its content words stand in the texts.
 *
 * This is the lexical precision of ROUGE (C.-Y. Lin, 2004) by sentence, as unigram overlap with the source is used to
 * find unfaithful summaries (J. Maynez et al., "On Faithfulness and Factuality in Abstractive Summarization", 2020), made
 * strict for numbers and quotations, which are what is invented most and paraphrased least. It sees neither a denial nor
 * words put together wrongly, takes a faithful paraphrase in other words or another language for unsupported, and says
 * nothing about what is true.
 */
export function groundAnswer(answer: string, sources: SourceIndex): Grounding {
  let statements = 0;
  let supported = 0;
  for (const sentence of splitSentences(answer.slice(0, MOST_CHARACTERS), MOST_STATEMENTS)) {
    const facts = factsOf(sentence);
    if (facts === undefined) continue;
    statements += 1;
    if (isSupported(facts, sources)) supported += 1;
  }
  return { share: statements === 0 ? 1 : supported / statements, statements };
}

/** Words; two neighbouring characters of a script without spaces are one, and overlap. */
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/u;
const WORD = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+|(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f])[\p{L}\p{M}]+/gu;
const QUOTED = /["“„«]([^"“”„«»\n]{8,400})["”“»]/gu;
const REMARK = /^(?:here (?:is|are)|here's|sure\b|certainly\b|of course\b|let me know|i hope|feel free|hier (?:ist|sind)|voici|aquí)/i;
const ADMISSION = /\b(?:not|no|none|n't|nicht|kein\w*|pas|aucun\w*|no se)\b[^.!?]{0,60}\b(?:mention|stat|specif|provid|contain|given|informat|say|said|clear|known|find|erwähn|angegeb|enthalt|mentionn|indiqu|mencion)/i;

interface Facts {
  readonly words: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly numbers: readonly (readonly string[])[];
  readonly quotes: readonly string[];
}

function factsOf(sentence: string): Facts | undefined {
  if (/[?？:：]$/.test(sentence) || REMARK.test(sentence) || ADMISSION.test(sentence)) return undefined;
  const words = new Set<string>();
  const names = new Set<string>();
  let first = true;
  for (const word of sentence.match(WORD) ?? []) {
    const lower = word.toLowerCase();
    if (!isContent(lower)) {
      first = false;
      continue;
    }
    const into = !first && lower !== word && !isMonth(lower) ? names : words;
    for (const stem of stemsOf(lower)) into.add(stem);
    first = false;
  }
  const numbers = [...sentence.matchAll(NUMBER)].map(([written]) => numberForms(written));
  const quotes = [...sentence.matchAll(QUOTED)].map(([, quoted = ""]) => plainOf(quoted)).filter((quoted) => quoted.includes(" "));
  const states = numbers.length > 0 || quotes.length > 0 || words.size + names.size >= 3;
  return states ? { words, names, numbers, quotes } : undefined;
}

function isSupported({ words, names, numbers, quotes }: Facts, sources: SourceIndex): boolean {
  if (!numbers.every((forms) => forms.some((form) => sources.numbers.has(form)))) return false;
  if (!quotes.every((quote) => sources.plain.includes(` ${quote} `))) return false;
  return shareIn(names, sources.stems) >= LEAST_NAMES && shareIn([...words, ...names], sources.stems) >= LEAST_WORDS;
}

function shareIn(stems: Iterable<string>, known: ReadonlySet<string>): number {
  let all = 0;
  let found = 0;
  for (const stem of stems) {
    all += 1;
    if (known.has(stem)) found += 1;
  }
  return all === 0 ? 1 : found / all;
}

function isContent(lower: string): boolean {
  return WIDE.test(lower) || (lower.length >= 3 && !FUNCTION_WORDS.has(lower));
}

function stemsOf(lower: string): string[] {
  if (!WIDE.test(lower)) return [stemOf(lower)];
  if (lower.length < 3) return [lower];
  return Array.from({ length: lower.length - 1 }, (_, index) => lower.slice(index, index + 2));
}

/** The first letters of a long word; a short one without the ending of a plural. */
function stemOf(lower: string): string {
  if (lower.length > STEM) return lower.slice(0, STEM);
  return lower.length > 3 ? lower.replace(/(?<!s)s$/, "") : lower;
}

function plainOf(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(" ");
}
