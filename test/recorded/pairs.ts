import type { Answer } from "./answer.ts";
import { compareAnswers } from "./compare-answers.ts";
import type { Difference } from "./difference.ts";
import { expectationOf } from "./expectation.ts";
import { stable } from "./json.ts";
import type { Piece } from "./piece.ts";

/** Answers of which a source may hold both forms, whole and streamed. */
export interface Pairs {
  /** Where the other form was recorded with the same answer, what was seen of both must be equal too. */
  compare(piece: Piece, seen: Answer | undefined): Difference[];
}

interface Side {
  readonly streamed: boolean;
  readonly recorded: string;
  readonly seen: Answer;
}

/** Makes pairs, of which none is known yet. */
export function createPairs(): Pairs {
  const sides = new Map<string, Side>();
  return {
    compare(piece, seen) {
      const { pair } = piece.recording;
      const { answer, error } = expectationOf(piece);
      if (pair === "" || seen === undefined || answer === undefined || error !== undefined) return [];
      const side = { streamed: piece.streamed, recorded: stable(answer.choices), seen };
      const other = sides.get(pair);
      sides.set(pair, side);
      if (other === undefined || other.streamed === side.streamed || other.recorded !== side.recorded) return [];
      return compareAnswers({ ...withoutMadeIds(other.seen, answer), usage: undefined }, seen, true);
    },
  };
}

/** Ids that the recording has not are made, and differ each time. */
function withoutMadeIds(seen: Answer, recorded: Answer): Answer {
  const choices = seen.choices.map((choice, at) => ({
    ...choice,
    calls: choice.calls.map((call, index) => (recorded.choices[at]?.calls[index]?.id === "" ? { ...call, id: "" } : call)),
  }));
  return { ...seen, choices };
}
