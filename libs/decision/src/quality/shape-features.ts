import { MARK, type TextScan, WORD_FLAG } from "../analysis/scan-text.ts";
import { groupBits, WORD_GROUPS } from "../analysis/word-groups.ts";
import { findOptions, type Options } from "./find-options.ts";

const SHAPE_NAMES = [
  "choice",
  "optionCount",
  "stemCharacters",
  "stemWords",
  "allCharacters",
  "optionWords",
  "optionSpread",
  "optionLongest",
  "optionNumeric",
  "optionAlike",
  "optionSymbols",
  "sentences",
  "wordsPerSentence",
  "numbers",
  "numbersPerWord",
  "decimals",
  "years",
  "wordLength",
  "longWords",
  "variety",
  "properNames",
  "allCapitals",
  "lines",
  "questions",
  "commas",
  "quotes",
  "brackets",
  "braces",
  "equals",
  "arithmetic",
  "money",
  "percent",
  "blank",
  "backslash",
  "backtick",
  "bar",
  "semicolon",
  "wide",
  "accented",
  "symbols",
  "endsAsking",
] as const;

/** Names of the features in their order. */
export const FEATURE_NAMES: readonly string[] = [
  ...SHAPE_NAMES,
  ...WORD_GROUPS.map((group) => `${group}Words`),
  ...WORD_GROUPS.map((group) => `${group}Share`),
];

/** Measures of the form of a question that carry over from one field to another: lengths, marks, kinds of words, choices. */
export function shapeFeatures(scan: TextScan): Float64Array {
  const options = findOptions(scan);
  const marks = scan.marks;
  const words = countWords(scan, options.stemEnd);
  const option = describeOptions(scan, options);
  const values: Record<(typeof SHAPE_NAMES)[number], number> = {
    choice: options.count > 0 ? 1 : 0,
    optionCount: options.count,
    stemCharacters: Math.log1p(options.stemEnd),
    stemWords: Math.log1p(words.stem),
    allCharacters: Math.log1p(scan.text.length),
    optionWords: option.words,
    optionSpread: option.spread,
    optionLongest: option.longest,
    optionNumeric: option.numeric,
    optionAlike: option.alike,
    optionSymbols: option.symbols,
    sentences: scan.sentences,
    wordsPerSentence: scan.wordCount / Math.max(1, scan.sentences),
    numbers: scan.numbers,
    numbersPerWord: scan.numbers / (scan.wordCount + 1),
    decimals: scan.decimals,
    years: scan.years,
    wordLength: words.meanLength,
    longWords: words.long,
    variety: words.variety,
    properNames: words.names,
    allCapitals: words.allCapitals,
    lines: Math.log1p(scan.lineCount),
    questions: marks[MARK.question] as number,
    commas: (marks[MARK.comma] as number) / (scan.wordCount + 1),
    quotes: Math.log1p(marks[MARK.quote] as number),
    brackets: Math.log1p(marks[MARK.bracket] as number),
    braces: Math.log1p(marks[MARK.brace] as number),
    equals: Math.log1p(marks[MARK.equals] as number),
    arithmetic: Math.log1p(marks[MARK.arithmetic] as number),
    money: Math.log1p(marks[MARK.money] as number),
    percent: Math.log1p(marks[MARK.percent] as number),
    blank: (marks[MARK.underscore] as number) > 2 ? 1 : 0,
    backslash: Math.log1p(marks[MARK.backslash] as number),
    backtick: Math.log1p(marks[MARK.backtick] as number),
    bar: Math.log1p(marks[MARK.bar] as number),
    semicolon: Math.log1p(marks[MARK.semicolon] as number),
    wide: Math.log1p(marks[MARK.wide] as number),
    accented: Math.log1p(marks[MARK.accented] as number),
    symbols: Math.log1p(marks[MARK.otherSymbol] as number),
    endsAsking: stemAsks(scan.text, options.stemEnd) ? 1 : 0,
  };
  const features = new Float64Array(FEATURE_NAMES.length);
  let at = 0;
  for (const name of SHAPE_NAMES) features[at++] = values[name];
  for (const count of words.groups) features[at++] = Math.log1p(count);
  for (const count of words.groups) features[at++] = count / (scan.wordCount + 1);
  return features;
}

function countWords(scan: TextScan, stemEnd: number) {
  const groups = new Uint16Array(WORD_GROUPS.length);
  const seen = new Uint8Array(2048);
  let distinct = 0;
  let letters = 0;
  let long = 0;
  let names = 0;
  let allCapitals = 0;
  let stem = 0;
  for (let word = 0; word < scan.wordCount; word++) {
    const length = scan.lengths[word] as number;
    const flags = scan.flags[word] as number;
    letters += length;
    if (length >= 9) long += 1;
    if ((flags & WORD_FLAG.allCapitals) !== 0) allCapitals += 1;
    else if (flags === WORD_FLAG.capital && length > 1) names += 1;
    if ((scan.starts[word] as number) < stemEnd) stem += 1;
    const slot = (scan.words[word] as number) & 2047;
    if (seen[slot] === 0) {
      seen[slot] = 1;
      distinct += 1;
    }
    for (let bits = groupBits(scan, word); bits !== 0; bits &= bits - 1) {
      const group = 31 - Math.clz32(bits & -bits);
      (groups[group] as number)++;
    }
  }
  const count = Math.max(1, scan.wordCount);
  return {
    groups,
    stem,
    meanLength: letters / count,
    long: long / count,
    names: names / count,
    allCapitals: allCapitals / count,
    variety: distinct / count,
  };
}

/** Lengths, likeness and kind of the options. Likeness: the share of words that an option shares with the first one. */
function describeOptions(scan: TextScan, { spans }: Options) {
  if (spans.length === 0) return { words: 0, spread: 0, longest: 0, numeric: 0, alike: 0, symbols: 0 };
  let numeric = 0;
  let symbols = 0;
  let longest = 0;
  let shortest = Infinity;
  for (const [start, end] of spans) {
    const length = end - start;
    longest = Math.max(longest, length);
    shortest = Math.min(shortest, length);
    let letters = 0;
    let digits = 0;
    const last = Math.min(end, start + 40);
    for (let at = start; at < last; at++) {
      const unit = scan.text.charCodeAt(at);
      if (unit >= 48 && unit <= 57) digits += 1;
      else if ((unit | 32) >= 97 && (unit | 32) <= 122) letters += 1;
    }
    if (digits > 0 && letters < 12) numeric += 1;
    if (letters < (last - start) * 0.5) symbols += 1;
  }
  const { words, alike } = compareOptions(scan, spans);
  return {
    words: Math.log1p(words / spans.length),
    spread: Math.log1p(longest - shortest),
    longest: Math.log1p(longest),
    numeric: numeric / spans.length,
    alike,
    symbols: symbols / spans.length,
  };
}

function compareOptions(scan: TextScan, spans: Options["spans"]): { words: number; alike: number } {
  const from = spans[0]?.[0] ?? 0;
  let word = 0;
  while (word < scan.wordCount && (scan.starts[word] as number) < from) word += 1;
  const owner = new Int8Array(1024).fill(-1);
  let words = 0;
  let shared = 0;
  let later = 0;
  for (let index = 0; index < spans.length; index++) {
    const end = spans[index]?.[1] ?? 0;
    const next = spans[index + 1]?.[0] ?? end + 1;
    for (; word < scan.wordCount && (scan.starts[word] as number) < next; word++) {
      if ((scan.starts[word] as number) >= end) continue;
      const slot = (scan.words[word] as number) & 1023;
      words += 1;
      if (index > 0) {
        later += 1;
        if (owner[slot] !== -1 && owner[slot] !== index) shared += 1;
      }
      if (owner[slot] === -1) owner[slot] = index;
    }
  }
  return { words, alike: later === 0 ? 0 : shared / later };
}

/** Whether the question itself ends with a question mark. */
function stemAsks(text: string, stemEnd: number): boolean {
  for (let at = stemEnd - 1; at >= 0; at--) {
    const unit = text.charCodeAt(at);
    if (unit > 32) return unit === 63;
  }
  return false;
}
