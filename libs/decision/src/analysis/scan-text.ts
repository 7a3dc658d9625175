/** Characters of a text that are looked at: more tell little, and the time stays bounded. */
export const LOOKED_AT = 4_000;
/** Words of a text that are looked at. */
const MOST_WORDS = 1_024;
const MOST_LINES = 256;

/** How a word stands in its text, as bits. */
export const WORD_FLAG = { capital: 1, allCapitals: 2, sentenceStart: 4 } as const;

/** Classes of characters that are counted. Letters and digits are counted as words and numbers. */
export const MARK = {
  period: 0,
  comma: 1,
  question: 2,
  exclamation: 3,
  colon: 4,
  semicolon: 5,
  quote: 6,
  bracket: 7,
  brace: 8,
  equals: 9,
  arithmetic: 10,
  money: 11,
  percent: 12,
  underscore: 13,
  backslash: 14,
  backtick: 15,
  bar: 16,
  hash: 17,
  wide: 18,
  accented: 19,
  otherSymbol: 20,
} as const;
const MARKS = 21;

/** What one pass over the head of a text finds. */
export interface TextScan {
  /** The part of the text that was looked at. */
  readonly text: string;
  /** Hash of each word in lower case; each wide character counts as a word. */
  readonly words: Uint32Array;
  /** The same without a last "s", which takes most plurals to their singular. */
  readonly singulars: Uint32Array;
  /** Where each word starts in the text. */
  readonly starts: Uint16Array;
  /** Letters of each word, at most 255. */
  readonly lengths: Uint8Array;
  /** Bits of `WORD_FLAG` for each word. */
  readonly flags: Uint8Array;
  readonly wordCount: number;
  /** Where each line starts. */
  readonly lineStarts: Uint16Array;
  readonly lineCount: number;
  /** Numbers in digits, whatever their length. */
  readonly numbers: number;
  /** Numbers with a decimal part. */
  readonly decimals: number;
  /** Numbers that read as a year from 1000 to 2099. */
  readonly years: number;
  /** Ends of sentences. */
  readonly sentences: number;
  /** Counts by `MARK`. */
  readonly marks: Uint16Array;
}

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;
const NEWLINE = 4;
/** Class of each ASCII character; from 16 on it is a mark. */
const CLASSES = classTable();

/** The FNV-1a hash of a word in lower case, as `scanText` makes it. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/**
 * Takes the head of a text apart into words, numbers, lines and marks, in one pass. One loop over locals and no calls for
 * each character, since every request goes through it.
 */
export function scanText(whole: string): TextScan {
  const text = whole.length > LOOKED_AT ? whole.slice(0, LOOKED_AT) : whole;
  const lowered = text.toLowerCase();
  const lower = lowered.length === text.length ? lowered : text;
  // One buffer for all: many small ones cost more than the scan of a short text.
  const most = Math.min(MOST_WORDS, text.length + 1);
  const buffer = new ArrayBuffer(most * 12);
  const words = new Uint32Array(buffer, 0, most);
  const singulars = new Uint32Array(buffer, most * 4, most);
  const starts = new Uint16Array(buffer, most * 8, most);
  const lengths = new Uint8Array(buffer, most * 10, most);
  const flags = new Uint8Array(buffer, most * 11, most);
  const lineStarts = new Uint16Array(MOST_LINES);
  const marks = new Uint16Array(MARKS);
  let wordCount = 0;
  let lineCount = 1;
  let numbers = 0;
  let decimals = 0;
  let years = 0;
  let sentences = 0;
  let sentenceStart = true;

  let index = 0;
  while (index < text.length && wordCount < most) {
    const unit = text.charCodeAt(index);
    const kind = unit < 128 ? (CLASSES[unit] as number) : classBeyond(unit);
    if (kind === LETTER) {
      const start = index;
      let hash = 0x811c9dc5;
      let before = hash;
      let capitals = 0;
      let last = 0;
      while (index < text.length) {
        const original = text.charCodeAt(index);
        if (original < 128 ? CLASSES[original] !== LETTER : classBeyond(original) !== LETTER) break;
        last = lower.charCodeAt(index);
        if (last !== original) capitals += 1;
        before = hash;
        hash = Math.imul(hash ^ last, 0x01000193);
        if (original >= 128) (marks[MARK.accented] as number)++;
        index += 1;
      }
      const length = index - start;
      words[wordCount] = hash;
      singulars[wordCount] = last === 115 && length > 3 ? before : hash;
      starts[wordCount] = start;
      lengths[wordCount] = Math.min(255, length);
      flags[wordCount] =
        (capitals > 0 && lower.charCodeAt(start) !== text.charCodeAt(start) ? WORD_FLAG.capital : 0) |
        (capitals === length && length > 1 ? WORD_FLAG.allCapitals : 0) |
        (sentenceStart ? WORD_FLAG.sentenceStart : 0);
      wordCount += 1;
      sentenceStart = false;
      continue;
    }
    if (kind === DIGIT) {
      const start = index;
      while (index < text.length && isNumberPart(text, index)) index += 1;
      numbers += 1;
      const digits = text.slice(start, index);
      if (digits.includes(".")) decimals += 1;
      if (digits.length === 4 && digits >= "1000" && digits < "2100") years += 1;
      sentenceStart = false;
      continue;
    }
    if (kind === NEWLINE) {
      sentenceStart = true;
      if (lineCount < MOST_LINES) lineStarts[lineCount++] = index + 1;
    } else if (kind >= 16) {
      const mark = kind - 16;
      (marks[mark] as number)++;
      if (mark === MARK.wide) {
        words[wordCount] = Math.imul(0x811c9dc5 ^ unit, 0x01000193);
        singulars[wordCount] = words[wordCount] as number;
        starts[wordCount] = index;
        lengths[wordCount] = 1;
        wordCount += 1;
      } else if (
        mark === MARK.question ||
        mark === MARK.exclamation ||
        (mark === MARK.period && endsSentence(text, index))
      ) {
        sentences += 1;
        sentenceStart = true;
      }
    }
    index += 1;
  }
  return {
    text,
    words,
    singulars,
    starts,
    lengths,
    flags,
    wordCount,
    lineStarts,
    lineCount,
    numbers,
    decimals,
    years,
    sentences,
    marks,
  };
}

/** A digit, or a point or comma between two digits. */
function isNumberPart(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit < 128 && CLASSES[unit] === DIGIT) return true;
  if (unit !== 46 && unit !== 44) return false;
  const next = text.charCodeAt(index + 1);
  return next < 128 && CLASSES[next] === DIGIT;
}

function endsSentence(text: string, index: number): boolean {
  const next = text.charCodeAt(index + 1);
  return Number.isNaN(next) || next === 32 || next === 10 || next === 34;
}

function classBeyond(unit: number): number {
  if (unit >= 0x2e80 && !(unit >= 0xac00 && unit <= 0xd7af))
    return unit >= 0xd800 && unit <= 0xf8ff ? 16 + MARK.otherSymbol : 16 + MARK.wide;
  if (unit >= 0x2000 && unit <= 0x2e7f) {
    if (unit === 0x2019) return OTHER;
    if (unit >= 0x2018 && unit <= 0x201f) return 16 + MARK.quote;
    if (unit >= 0x2190 && unit <= 0x22ff) return 16 + MARK.arithmetic;
    return 16 + MARK.otherSymbol;
  }
  if (unit === 0xd7 || unit === 0xf7) return 16 + MARK.arithmetic;
  return unit < 0xc0 ? 16 + MARK.otherSymbol : LETTER;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const put = (characters: string, kind: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = kind;
  };
  put("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", LETTER);
  put("0123456789", DIGIT);
  put(" \t\r", SPACE);
  put("\n", NEWLINE);
  const marks: readonly [string, number][] = [
    [".", MARK.period],
    [",", MARK.comma],
    ["?", MARK.question],
    ["!", MARK.exclamation],
    [":", MARK.colon],
    [";", MARK.semicolon],
    ['"', MARK.quote],
    ["()[]", MARK.bracket],
    ["{}", MARK.brace],
    ["=", MARK.equals],
    ["+-*/^<>", MARK.arithmetic],
    ["$", MARK.money],
    ["%", MARK.percent],
    ["_", MARK.underscore],
    ["\\", MARK.backslash],
    ["`", MARK.backtick],
    ["|", MARK.bar],
    ["#", MARK.hash],
    ["@&~", MARK.otherSymbol],
  ];
  for (const [characters, mark] of marks) put(characters, 16 + mark);
  return table;
}
