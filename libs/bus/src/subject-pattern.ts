/** Whether a subject matches a pattern: "*" stands for one word, a last ">" for one or more. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const words = subject.split(".");
  for (const [index, word] of wanted.entries()) {
    if (word === ">") return words.length > index;
    const actual = words[index];
    if (actual === undefined || (word !== "*" && word !== actual)) return false;
  }
  return words.length === wanted.length;
}
