import type { TextScan } from "../analysis/scan-text.ts";

const MOST_OPTIONS = 12;
/** Fewer lettered lines are a list, not a choice. */
const FEWEST_OPTIONS = 3;
const QUESTION_MARK = 63;

/** The choices that a question offers, and what stands before them. */
export interface Options {
  /** Lettered lines; 0 where the text offers no choice. */
  readonly count: number;
  /** Where the first one starts; the length of the text where there is none. */
  readonly stemEnd: number;
  /** Start of each option's own text, and end. */
  readonly spans: readonly (readonly [start: number, end: number])[];
}

/**
 * Finds lines that start with successive letters as in "A. first" or "(B) second". A list of
 * questions, or one that a question follows, offers no choice.
 */
export function findOptions(scan: TextScan): Options {
  const spans: [number, number][] = [];
  let stemEnd = scan.text.length;
  for (let line = 0; line < scan.lineCount && spans.length < MOST_OPTIONS; line++) {
    const start = scan.lineStarts[line] as number;
    const body = bodyAfterLetter(scan.text, start, spans.length);
    if (body === 0) continue;
    if (spans.length === 0) stemEnd = start;
    const next = line + 1 < scan.lineCount ? (scan.lineStarts[line + 1] as number) - 1 : scan.text.length;
    const end = Math.max(body, next);
    if (scan.text.charCodeAt(end - 1) === QUESTION_MARK) return none(scan);
    spans.push([body, end]);
  }
  const asksAfter = scan.text.includes("?", spans.at(-1)?.[1] ?? 0);
  return spans.length < FEWEST_OPTIONS || asksAfter ? none(scan) : { count: spans.length, stemEnd, spans };
}

function none(scan: TextScan): Options {
  return { count: 0, stemEnd: scan.text.length, spans: [] };
}

/** Where the text of the option with this number starts; 0 where the line is none. */
function bodyAfterLetter(text: string, lineStart: number, number: number): number {
  let at = lineStart;
  if (text.charCodeAt(at) === 40) at += 1;
  const letter = text.charCodeAt(at) | 32;
  if (letter !== 97 + number) return 0;
  const mark = text.charCodeAt(at + 1);
  if (mark !== 46 && mark !== 41 && mark !== 58) return 0;
  return text.charCodeAt(at + 2) === 32 ? at + 3 : at + 2;
}
