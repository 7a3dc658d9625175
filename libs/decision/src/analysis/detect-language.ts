import { languageBits, letterBits, WORD_LANGUAGES } from "./language-words.ts";
import { scanText, type TextScan } from "./scan-text.ts";

/** Characters and words looked at. */
const LOOKED_AT = { characters: 800, words: 150 } as const;
/** A text is in another script where this share of its letters is. */
const SCRIPT_SHARE = 0.15;
/** What one letter beyond a to z tells against one common word. */
const LETTER_WEIGHT = 0.5;
/** What a word of one letter tells: it may as well be a name in a formula. */
const SINGLE_WEIGHT = 0.2;
/** With less than this nothing is claimed. */
const LEAST_EVIDENCE = 0.1;

/** Scripts by their first and last character. */
const SCRIPTS: readonly (readonly [name: string, first: number, last: number])[] = [
  ["el", 0x370, 0x3ff],
  ["cyrillic", 0x400, 0x52f],
  ["hy", 0x530, 0x58f],
  ["he", 0x590, 0x5ff],
  ["arabic", 0x600, 0x77f],
  ["hi", 0x900, 0x97f],
  ["bn", 0x980, 0x9ff],
  ["pa", 0xa00, 0xa7f],
  ["gu", 0xa80, 0xaff],
  ["ta", 0xb80, 0xbff],
  ["te", 0xc00, 0xc7f],
  ["kn", 0xc80, 0xcff],
  ["ml", 0xd00, 0xd7f],
  ["th", 0xe00, 0xe7f],
  ["ka", 0x10a0, 0x10ff],
  ["am", 0x1200, 0x137f],
  ["kana", 0x3040, 0x30ff],
  ["han", 0x4e00, 0x9fff],
  ["ko", 0xac00, 0xd7af],
];

/** Letters that only one language of a script has. The first language whose letters occur wins; else the last. */
const WITHIN_SCRIPT: Readonly<Record<string, readonly (readonly [language: string, letters: RegExp | undefined])[]>> = {
  cyrillic: [
    ["kk", /[әғқңұһ]/],
    ["uk", /[іїєґ]/],
    ["sr", /[ђјљњћџ]/],
    ["bg", /ъ[тлрмзбкнг]|\b[щч]е\b/],
    ["ru", undefined],
  ],
  arabic: [
    ["ur", /[ٹڈڑےں]/],
    ["fa", /[پچژگ]/],
    ["ar", undefined],
  ],
};

/** Main language of a text as an ISO 639-1 code; empty where it cannot be told. */
export function detectLanguage(text: string): string {
  return languageOf(scanText(text.slice(0, LOOKED_AT.characters)));
}

/** Main language of a text that was taken apart before. */
export function languageOf(scan: TextScan): string {
  const head = scan.text.length > LOOKED_AT.characters ? scan.text.slice(0, LOOKED_AT.characters) : scan.text;
  return byScript(head) ?? byWords(scan, head);
}

function byScript(head: string): string | undefined {
  let letters = 0;
  let counts: Map<string, number> | undefined;
  for (let index = 0; index < head.length; index++) {
    const unit = head.charCodeAt(index);
    if (unit < 0x370) {
      if ((unit | 32) >= 97 && (unit | 32) <= 122) letters += 1;
      continue;
    }
    const script = scriptOf(unit);
    if (script === undefined) continue;
    letters += 1;
    counts ??= new Map();
    counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  if (counts === undefined) return undefined;
  const east = (counts.get("han") ?? 0) + (counts.get("kana") ?? 0);
  // A character of these scripts holds about as much as two letters.
  if (east * 2 >= letters * SCRIPT_SHARE && east > 0) return (counts.get("kana") ?? 0) * 8 >= east ? "ja" : "zh";
  const [script, most] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  if (most < letters * SCRIPT_SHARE) return undefined;
  const choices = WITHIN_SCRIPT[script];
  if (choices === undefined) return script;
  const lower = head.toLowerCase();
  return choices.find(([, only]) => only === undefined || only.test(lower))?.[0];
}

function scriptOf(unit: number): string | undefined {
  for (const [name, first, last] of SCRIPTS) if (unit >= first && unit <= last) return name;
  return undefined;
}

/** The language with the most evidence: a common word counts the more, the fewer languages share it. */
function byWords(scan: TextScan, head: string): string {
  const evidence = new Float64Array(WORD_LANGUAGES.length);
  const words = Math.min(scan.wordCount, LOOKED_AT.words);
  for (let word = 0; word < words; word++) {
    add(evidence, languageBits(scan.words[word] as number), scan.lengths[word] === 1 ? SINGLE_WEIGHT : 1);
  }
  for (let index = 0; index < head.length; index++) {
    const unit = head.charCodeAt(index);
    if (unit >= 0xa0) add(evidence, letterBits(lowerOf(unit)), LETTER_WEIGHT);
  }
  let best = 0;
  for (let index = 1; index < evidence.length; index++)
    if ((evidence[index] as number) > (evidence[best] as number)) best = index;
  return (evidence[best] as number) < LEAST_EVIDENCE ? "" : (WORD_LANGUAGES[best] ?? "");
}

/** The small letter of a capital with an accent. */
function lowerOf(unit: number): number {
  return unit < 0x250 ? String.fromCharCode(unit).toLowerCase().charCodeAt(0) : unit;
}

function add(evidence: Float64Array, languages: number, weight: number): void {
  if (languages === 0) return;
  let count = 0;
  for (let bits = languages; bits !== 0; bits &= bits - 1) count += 1;
  for (let bits = languages; bits !== 0; bits &= bits - 1) {
    const index = 31 - Math.clz32(bits & -bits);
    evidence[index] = (evidence[index] as number) + weight / count;
  }
}
