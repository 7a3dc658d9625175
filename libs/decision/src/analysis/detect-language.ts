/** Characters looked at. */
const LOOKED_AT = 1_000;

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

/** Main language of a text as an ISO 639-1 code; empty where it cannot be told. */
export function detectLanguage(text: string): string {
  const head = text.slice(0, LOOKED_AT);
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return "";
  for (const [language, script] of SCRIPTS) {
    if ((head.match(script)?.length ?? 0) > letters * 0.2) return language;
  }
  const words = head.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best = "";
  let most = 0;
  for (const [language, common] of COMMON) {
    const hits = words.reduce((sum, word) => sum + (common.has(word) ? 1 : 0), 0);
    if (hits > most) [best, most] = [language, hits];
  }
  return best;
}
