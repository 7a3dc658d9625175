import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { detectRefusal } from "./detect-refusal.ts";
import { groundAnswer, indexSources } from "./ground-answer.ts";
import { scoreAnswer } from "./score-answer.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/wire/", import.meta.url));
const present = existsSync(folder);

/** Texts that models wrote, out of recorded bodies of answers of all providers. */
function recordedTexts(): string[] {
  const texts = new Set<string>();
  const search = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const one of value) search(one, key);
    else if (typeof value === "object" && value !== null) for (const [name, one] of Object.entries(value)) search(one, name);
    else if (typeof value === "string" && value.startsWith("{")) search(parsed(value), key);
    else if (typeof value === "string" && value.length > 20 && ["text", "content", "output_text"].includes(key)) texts.add(value);
  };
  for (const file of globSync(`${folder}{*,bodies/*}.jsonl`)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const record = parsed(line) as { response?: { body?: unknown }; body?: unknown } | undefined;
      search(record?.response?.body ?? record?.body, "");
    }
  }
  return [...texts];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

(present ? describe : describe.skip)("recorded answers of real models (skipped where the recordings are not at hand)", () => {
  const texts = present ? recordedTexts() : [];
  const asked = { question: "", tools: new Set<string>(), requiredTool: undefined, wantsJson: false };
  const scoreOf = (text: string) => scoreAnswer({ text, refused: false, finish: FinishReason.STOP, calls: [], media: false }, asked).score;

  it("are enough to tell something", () => expect(texts.length).toBeGreaterThan(50));

  it("are not taken for refusals by more than one in a hundred", () => {
    const taken = texts.filter(detectRefusal);
    expect(taken.length / texts.length).toBeLessThanOrEqual(0.01);
  });

  it("look good from outside, but for one in fifty", () => {
    const poor = texts.filter((text) => scoreOf(text) < 0.6);
    expect(poor.length / texts.length).toBeLessThanOrEqual(0.02);
  });

  it("are supported by themselves and seldom by each other", () => {
    const stated = texts.filter((text) => groundAnswer(text, indexSources([])).statements >= 2).slice(0, 100);
    for (const text of stated) expect(groundAnswer(text, indexSources([text])).share).toBe(1);
    const supported = stated.filter((text, index) => groundAnswer(text, indexSources([stated[(index + 37) % stated.length] ?? ""])).share >= 0.5);
    expect(supported.length / stated.length).toBeLessThanOrEqual(0.1);
  });
});
