import type { Answer, AnswerCall, AnswerChoice, AnswerUsage } from "./answer.ts";
import { type Difference, parted } from "./difference.ts";
import { brief, stable } from "./json.ts";

/**
 * What of an answer is not as it was recorded.
 *
 * @param sameDialect whether both are written in one dialect, so that its own blocks must be there too
 */
export function compareAnswers(expected: Answer, seen: Answer, sameDialect: boolean): Difference[] {
  const differences: Difference[] = [];
  if (expected.choices.length !== seen.choices.length) {
    differences.push({ check: "choices", detail: `expected ${expected.choices.length}, saw ${seen.choices.length}` });
  }
  expected.choices.forEach((choice, index) => {
    const other = seen.choices[index];
    if (other !== undefined) differences.push(...compareChoices(choice, other, sameDialect));
  });
  return [...differences, ...compareUsage(expected.usage, seen.usage)];
}

function compareChoices(expected: AnswerChoice, seen: AnswerChoice, sameDialect: boolean): Difference[] {
  const differences: Difference[] = [];
  for (const check of ["text", "refusal"] as const) {
    if (expected[check] !== seen[check]) differences.push({ check, detail: parted(expected[check], seen[check]) });
  }
  const [thought, seenThought] = [withoutSpace(expected.reasoning), withoutSpace(seen.reasoning)];
  if (thought !== seenThought) differences.push({ check: "reasoning", detail: parted(thought, seenThought) });
  differences.push(...compareCalls(expected.calls, seen.calls));
  if (!finishesAgree(expected, seen))
    differences.push({ check: "finish", detail: `expected ${expected.finish || "none"}, saw ${seen.finish || "none"}` });
  differences.push(...compareState(expected.state, seen.state));
  if (sameDialect) differences.push(...compareForeign(expected.foreign, seen.foreign));
  return differences;
}

/** Providers part reasoning into pieces that other dialects join, with or without a line between them. */
function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

const WORDS: ReadonlySet<string> = new Set(["stop", "length", "tool_calls", "content_filter", "pause", "stop_sequence"]);

/** An answer that calls tools may say so where the provider said only that it stopped; unknown words end in any known one. */
function finishesAgree(expected: AnswerChoice, seen: AnswerChoice): boolean {
  if (expected.finish === seen.finish) return true;
  if (seen.finish === "") return false;
  if (expected.finish === "stop_sequence" && seen.finish === "stop") return true;
  if (expected.calls.length > 0 && seen.finish === "tool_calls") return expected.finish === "stop" || expected.finish === "";
  return !WORDS.has(expected.finish) && expected.finish !== "";
}

function compareCalls(expected: readonly AnswerCall[], seen: readonly AnswerCall[]): Difference[] {
  if (expected.length !== seen.length)
    return [{ check: "tool calls", detail: `expected ${expected.length}, saw ${seen.length}` }];
  return expected.flatMap((call, index) => {
    const other = seen[index] as AnswerCall;
    const found: Difference[] = [];
    if (call.name !== other.name)
      found.push({ check: "tool calls", detail: `[${index}].name: expected ${call.name}, saw ${other.name}` });
    if (call.id !== "" && call.id !== other.id)
      found.push({ check: "tool calls", detail: `[${index}].id: expected ${call.id}, saw ${other.id}` });
    if (other.id === "") found.push({ check: "tool calls", detail: `[${index}].id is empty` });
    const [wanted, told] = [stable(call.arguments), stable(other.arguments)];
    if (wanted !== told) found.push({ check: "tool calls", detail: `[${index}].arguments ${parted(wanted, told)}` });
    return found;
  });
}

/** State may be marked with whose it is; the provider's own comes last. An adapter may add state where there is none. */
function compareState(expected: readonly string[], seen: readonly string[]): Difference[] {
  if (expected.length === 0) return [];
  if (expected.length !== seen.length)
    return [{ check: "reasoning state", detail: `expected ${expected.length}, saw ${seen.length}` }];
  const wrong = expected.findIndex((state, index) => seen[index]?.endsWith(state) !== true);
  return wrong < 0
    ? []
    : [{ check: "reasoning state", detail: `[${wrong}] ${parted(expected[wrong] ?? "", seen[wrong] ?? "")}` }];
}

function compareForeign(expected: readonly unknown[], seen: readonly unknown[]): Difference[] {
  if (expected.length !== seen.length)
    return [
      {
        check: "foreign blocks",
        detail: `expected ${expected.length} (${types(expected)}), saw ${seen.length} (${types(seen)})`,
      },
    ];
  return expected.flatMap((block, index) => {
    const [wanted, told] = [stable(block), stable(seen[index])];
    return wanted === told ? [] : [{ check: "foreign blocks", detail: `[${index}] ${parted(wanted, told)}` }];
  });
}

function types(blocks: readonly unknown[]): string {
  return brief(blocks.map((block) => (block as { type?: string } | null)?.type ?? Object.keys(block ?? {})[0] ?? "?").join(", "));
}

/** Beside other totals it is not told how much of them was cached, only how much was at most. */
function agreesBeside(key: keyof AnswerUsage, expected: AnswerUsage, seen: AnswerUsage): boolean {
  return key === "prompt" || key === "completion" || (key === "cacheRead" && seen.cacheRead <= expected.cacheRead);
}

/** Totals must agree where the provider told any. */
function compareUsage(expected: AnswerUsage | undefined, seen: AnswerUsage | undefined): Difference[] {
  if (expected === undefined) return [];
  if (seen === undefined) return [{ check: "usage", detail: "none is told" }];
  const { alternative } = expected;
  const other = alternative !== undefined && seen.prompt === alternative.prompt && seen.completion === alternative.completion;
  const keys = ["prompt", "completion", "cacheRead", "cacheWrite", "reasoning"] as const;
  const wrong = keys.filter((key) => expected[key] !== seen[key] && !(other && agreesBeside(key, expected, seen)));
  return wrong.map((key) => ({ check: "usage", detail: `${key}: expected ${expected[key]}, saw ${seen[key]}` }));
}
