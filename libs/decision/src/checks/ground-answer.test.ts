import { create } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import fc from "fast-check";
import { groundAnswer, indexSources } from "./ground-answer.ts";
import { numberForms } from "./number-forms.ts";
import { sourceTexts } from "./view-question.ts";

const REPORT = `Harbour Lines carried 1,250,000 containers in 2023, up 4.5% from the year before. Its chief executive, Maria Olsen,
told shareholders on 14 March 2024 that "the new terminal in Bergen will open in autumn". Revenue rose to 312.4 million euros, while
fuel costs fell by a tenth. The company employs about 2,300 people in five countries.`;

const sources = indexSources([REPORT]);

describe("holding an answer against its sources", () => {
  it.each([
    ["a sentence in other words with the same facts", "In 2023 Harbour Lines carried 1.25 million containers.", 0],
    ["numbers written otherwise", "The company carried 1250000 containers, 4.5 percent more.", 1],
    ["a date written otherwise", "Maria Olsen spoke to shareholders on 2024-03-14.", 1],
    ["a number in words", "Harbour Lines employs people in 5 countries.", 1],
    ["a quotation to the word", 'Olsen said: "the new terminal in Bergen will open in autumn".', 1],
    ["a quotation that was changed", 'Olsen said: "the new terminal in Bergen will open in spring".', 0],
    ["a number that was changed", "Revenue rose to 321.4 million euros.", 0],
    ["a year that was added", "Revenue rose to 312.4 million euros in 2022.", 0],
    ["a name that was changed", "The chief executive, Ingrid Hansen, told shareholders about the terminal.", 0],
    ["a claim out of nowhere", "The airline ordered forty aircraft from a manufacturer in Brazil.", 0],
    ["other forms of the same words", "Fuel cost less, as costs fell by a tenth.", 1],
  ])("knows %s", (_, answer, share) => {
    expect(groundAnswer(answer, sources)).toEqual({ share, statements: 1 });
  });

  it("takes the share of all statements", () => {
    const answer = `Here is a summary:\n\n## Results\n1. Harbour Lines carried 1,250,000 containers in 2023.\n2. Revenue rose to 312.4 million euros.
3. Profit doubled to 99 million euros.\n4. The company employs about 2,300 people.\n\nDo you want more? I hope this helps. The text does not say who audits the company.`;
    expect(groundAnswer(answer, sources)).toEqual({ share: 0.75, statements: 4 });
  });

  it("counts an answer that states nothing as supported", () => {
    for (const answer of ["", "Yes.", "What do you mean?", "```\nx = 99\n```"]) expect(groundAnswer(answer, sources)).toEqual({ share: 1, statements: 0 });
  });

  it("works in other languages, with and without spaces", () => {
    const german = indexSources(["Die Reederei beförderte 2023 rund 1.250.000 Container. Der Umsatz stieg auf 312,4 Millionen Euro."]);
    expect(groundAnswer("Der Umsatz der Reederei stieg auf 312,4 Millionen Euro.", german).share).toBe(1);
    expect(groundAnswer("Der Gewinn der Werft stieg auf 312,4 Millionen Dollar in Hamburg.", german).share).toBe(0);
    const japanese = indexSources(["港湾会社は2023年に125万個のコンテナを運んだ。"]);
    expect(groundAnswer("2023年に港湾会社はコンテナを運んだ。", japanese).share).toBe(1);
    expect(groundAnswer("航空会社は新しい飛行機を注文した。", japanese).share).toBe(0);
  });

  it("reads sources with marks of emphasis as it reads answers", () => {
    const source = "The *Vik*harbour was built in **1904**, *as they say* by hand.";
    expect(groundAnswer(source, indexSources([source]))).toEqual({ share: 1, statements: 1 });
  });

  it("supports any text by itself", () => {
    const sentence = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 30 }).map((words) => words.join(" "));
    fc.assert(fc.property(sentence, (text) => expect(groundAnswer(text, indexSources([text])).share).toBe(1)));
  });

  it("rests on instructions, questions, tools and text files, and not on what the model said before", () => {
    const text = (value: string) => ({ content: { case: "text" as const, value: { text: value } } });
    const file = (mimeType: string, filename: string, value: string) => ({
      content: { case: "file" as const, value: { filename, source: { mimeType, location: { case: "inline" as const, value: new TextEncoder().encode(value) } } } },
    });
    const chat = create(ChatRequestSchema, {
      model: "auto",
      messages: [
        { role: Role.SYSTEM, parts: [text("instruction")] },
        { role: Role.USER, parts: [text("question"), file("text/plain", "a.txt", "plain file"), file("", "b.md", "named file"), file("application/pdf", "c.pdf", "no text")] },
        { role: Role.ASSISTANT, parts: [text("said before")] },
        { role: Role.TOOL, parts: [{ content: { case: "toolResult", value: { toolCallId: "1", content: [text("tool result")] } } }] },
      ],
    });
    expect(sourceTexts(chat)).toEqual(["instruction", "question", "plain file", "named file", "tool result"]);
  });

  it("takes no long time for any text", () => {
    const started = performance.now();
    const long = `${'He said "'.repeat(20_000)}${"1,000,".repeat(20_000)}${"not ".repeat(20_000)}`;
    groundAnswer(long, indexSources([long]));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("the forms of a number", () => {
  it.each([
    ["1,234.50", ["1234.5"]],
    ["1.234,50", ["1234.5"]],
    ["1,234", ["1234", "1.234"]],
    ["1,250,000", ["1250000"]],
    ["0.50", ["0.5"]],
    ["03", ["3"]],
    ["0", ["0"]],
    ["3.10.2024", ["3", "10", "2024"]],
    ["1'000", ["1000"]],
  ])("of %s are %j", (written, forms) => expect(numberForms(written)).toEqual(forms));
});
