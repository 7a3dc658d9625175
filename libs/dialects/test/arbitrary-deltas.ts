import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import fc from "fast-check";
import { call, delta, finished, fragment, reasoning, sealed, started, text } from "./delta.ts";

const words = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).map((value) => value.toWellFormed());
const json = fc
  .dictionary(fc.string({ maxLength: 4 }), fc.oneof(fc.string(), fc.integer()))
  .map((value) => JSON.stringify(value));

const thought = fc
  .tuple(fc.array(words, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "Sig=="))
  .map(([texts, seal]) => [...texts.map(reasoning), sealed(seal)]);
const texts = fc.array(words, { minLength: 1, maxLength: 5 }).map((values) => values.map((value) => text(value)));

/** Calls whose pieces come one call after the other, or mixed. */
const calls = fc
  .tuple(fc.array(fc.oneof(fc.constant(""), json), { maxLength: 3 }), fc.boolean(), fc.nat({ max: 5 }))
  .map(([all, mixed, cut]) => {
    const starts = all.map((_, index) => call(index, `tool_${index}`));
    const pieces = all.map((value, index) =>
      [value.slice(0, cut), value.slice(cut)].filter(Boolean).map((piece) => fragment(index, piece)),
    );
    if (!mixed) return starts.flatMap((start, index) => [start, ...(pieces[index] ?? [])]);
    return [...starts, ...pieces.map(([first]) => first), ...pieces.map(([, second]) => second)].filter(
      (step) => step !== undefined,
    );
  });

/** The steps of a complete stream of one choice. */
export const arbitraryDeltas: fc.Arbitrary<ChatDelta[]> = fc
  .tuple(fc.oneof(fc.constant<ChatDelta[]>([]), thought), fc.oneof(fc.constant<ChatDelta[]>([]), texts), calls)
  .map((groups) => [
    started("id-1"),
    ...groups.flat(),
    finished(FinishReason.STOP),
    delta({ case: "usage", value: { inputTokens: 3, cacheReadTokens: 2, outputTokens: 5, reasoningTokens: 1 } }),
  ]);

/** Steps cut into the groups in which they might arrive. */
export function inGroups(deltas: readonly ChatDelta[], cuts: readonly number[]): ChatDelta[][] {
  const ends = [...new Set(cuts.map((cut) => cut % (deltas.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...ends].map((start, index) => deltas.slice(start, ends[index] ?? deltas.length));
}
