/** Digits, with points, commas, apostrophes or thin spaces between them. */
export const NUMBER = /\d+(?:[.,'’\u00a0\u202f]\d+)*/gu;

const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "one two three four five six seven eight nine ten eleven twelve",
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "un deux trois quatre cinq six sept huit neuf dix onze douze",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
  ].flatMap((line) => line.split(" ").map((word, index) => [word, String(index + 1)])),
);

const MONTHS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
  ].flatMap((line) => line.split(" ").map((word, index) => [word, String(index + 1)])),
);

/** The number that a word in lower case stands for, as a count or as a month; undefined: none. */
export function numberOfWord(word: string): string | undefined {
  return WORDS[word] ?? MONTHS[word];
}

/** Whether a word in lower case names a month. */
export function isMonth(word: string): boolean {
  return MONTHS[word] !== undefined;
}

/**
 * What a number as written can mean, each in plain form: "1,234.50" is 1234.5; "1,234" is 1234 or, where a comma is a
 * decimal point, 1.234; "03" is 3; of a date such as "3.10.2024" each part counts as well.
 */
export function numberForms(written: string): string[] {
  const text = written.replace(/['’\u00a0\u202f]/g, "");
  const separators = text.match(/[.,]/g) ?? [];
  if (separators.length === 0) return [plain(text)];
  const forms = new Set<string>();
  const last = separators.at(-1) ?? "";
  const grouped = /^\d{1,3}(?:[.,]\d{3})+$/.test(text) && new Set(separators).size === 1;
  if (grouped) forms.add(plain(text.replace(/[.,]/g, "")));
  if (separators.length === 1 || new Set(separators).size === 2) {
    const at = text.lastIndexOf(last);
    forms.add(plain(`${text.slice(0, at).replace(/[.,]/g, "")}.${text.slice(at + 1)}`));
  }
  if (separators.length === 2 && !grouped && new Set(separators).size === 1) for (const part of text.split(last)) forms.add(plain(part));
  return [...forms];
}

function plain(digits: string): string {
  const [whole = "", fraction = ""] = digits.split(".");
  const kept = fraction.replace(/0+$/, "");
  return `${whole.replace(/^0+(?=\d)/, "")}${kept === "" ? "" : `.${kept}`}`;
}
