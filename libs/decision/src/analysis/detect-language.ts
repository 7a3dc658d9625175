/** Characters looked at. */
const LOOKED_AT = 500;

const SCRIPTS: readonly [language: string, script: RegExp][] = [
  ["ja", /[\u3040-\u30ff]/g],
  ["ko", /[\uac00-\ud7af]/g],
  ["zh", /[\u4e00-\u9fff]/g],
  ["ru", /[\u0400-\u04ff]/g],
  ["ar", /[\u0600-\u06ff]/g],
  ["he", /[\u0590-\u05ff]/g],
  ["hi", /[\u0900-\u097f]/g],
  ["el", /[\u0370-\u03ff]/g],
  ["th", /[\u0e00-\u0e7f]/g],
];

/** Words so common that a few of them tell a language written in Latin letters. */
const COMMON: readonly [language: string, words: ReadonlySet<string>][] = [
  ["en", new Set(["the", "and", "is", "of", "to", "in", "what", "how", "a", "for", "with", "you", "are", "this"])],
  ["de", new Set(["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "wie", "was", "mit", "für", "ich", "zu"])],
  ["fr", new Set(["le", "la", "les", "et", "est", "une", "des", "que", "pour", "dans", "qui", "je", "vous", "du"])],
  ["es", new Set(["el", "los", "las", "y", "es", "una", "que", "para", "por", "con", "cómo", "qué", "del", "en"])],
  ["it", new Set(["il", "lo", "gli", "e", "è", "una", "che", "per", "con", "come", "di", "non", "sono", "della"])],
  ["pt", new Set(["o", "os", "as", "é", "uma", "que", "para", "com", "como", "não", "do", "da", "em", "você"])],
  ["nl", new Set(["de", "het", "een", "en", "is", "niet", "van", "wat", "hoe", "voor", "met", "ik", "dat", "zijn"])],
];

/** For each common word, the languages that have it. */
const LANGUAGES_OF = new Map<string, string[]>();
for (const [language, words] of COMMON) {
  for (const word of words) LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);
}

const BEYOND_LATIN = /[\u0370-\uffff]/;

/** Main language of a text as an ISO 639-1 code; empty where it cannot be told. */
export function detectLanguage(text: string): string {
  const head = text.slice(0, LOOKED_AT);
  return (BEYOND_LATIN.test(head) ? byScript(head) : undefined) ?? byCommonWords(head);
}

function byScript(head: string): string | undefined {
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  return SCRIPTS.find(([, script]) => (head.match(script)?.length ?? 0) > letters * 0.2)?.[0];
}

/** The language with the most common words; of several the one named first. */
function byCommonWords(head: string): string {
  const hits = new Map<string, number>(COMMON.map(([language]) => [language, 0]));
  for (const word of head.toLowerCase().match(/\p{L}+/gu) ?? []) {
    for (const language of LANGUAGES_OF.get(word) ?? []) hits.set(language, (hits.get(language) ?? 0) + 1);
  }
  let best = "";
  let most = 0;
  for (const [language, count] of hits) if (count > most) [best, most] = [language, count];
  return best;
}
