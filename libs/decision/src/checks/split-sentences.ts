const FENCED = /```[\s\S]*?(?:```|$)/g;
const ENDS = /(?<=[.!?…])["'”’»)\]]*\s+|(?<=[。！？])/u;
/** Marks of lists, quotes and headings at the start of a line. */
const MARKERS = /^\s*(?:[-*+•>#]+\s*|\(?\d{1,3}[.)]\s+)+/;

/** A text without the marks that make words bold, slanted or code. */
export function withoutEmphasis(text: string): string {
  return text.replace(/[*_`]{1,3}/g, "");
}

/** Sentences of a text in order, without code, without the marks of lists and headings; at most `most`. */
export function splitSentences(text: string, most: number): string[] {
  const sentences: string[] = [];
  for (const line of text.replace(FENCED, "\n").split(/\n+/)) {
    for (const piece of withoutEmphasis(line.replace(MARKERS, "")).split(ENDS)) {
      const sentence = piece.trim();
      if (sentence === "") continue;
      if (sentences.length >= most) return sentences;
      sentences.push(sentence);
    }
  }
  return sentences;
}
