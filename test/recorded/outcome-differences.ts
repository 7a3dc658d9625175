import { compareAnswers } from "./compare-answers.ts";
import type { Difference } from "./difference.ts";
import type { Expectation } from "./expectation.ts";
import type { ExpectedError } from "./expected-error.ts";
import type { Observation } from "./observation.ts";

/** Milliseconds by which a wait may be told longer: whole seconds, rounded up. */
const ROUNDED_MS = 1_000;

/**
 * What of an outcome is not as it was recorded.
 *
 * @param usageAsked  whether the request asked for usage
 * @param sameDialect whether the recording and the outcome are written in one dialect
 */
export function outcomeDifferences(
  expected: Expectation,
  seen: Observation,
  usageAsked: boolean,
  sameDialect: boolean,
): Difference[] {
  const { answer, tokens, error, begun } = expected;
  if (error !== undefined && (answer === undefined || seen.error !== undefined)) return errorDifferences(error, begun, seen);
  if (seen.error !== undefined) return [{ check: "error invented", detail: `${seen.error.code}: ${seen.error.message}` }];
  if (tokens !== undefined)
    return tokens === seen.tokens ? [] : [{ check: "count", detail: `expected ${tokens}, saw ${seen.tokens}` }];
  if (answer === undefined || seen.answer === undefined) return [{ check: "answer", detail: "there is none" }];
  if (usageAsked) return compareAnswers(answer, seen.answer, sameDialect);
  const told = seen.usageTold ? [{ check: "usage", detail: "is told to a caller who did not ask for it" }] : [];
  return [...told, ...compareAnswers({ ...answer, usage: undefined }, seen.answer, sameDialect)];
}

function errorDifferences({ codes, waitsMs }: ExpectedError, begun: boolean, { error }: Observation): Difference[] {
  const wanted = begun ? [...codes, "stream_interrupted"] : codes;
  if (error === undefined) return [{ check: "error lost", detail: `expected ${wanted.join(" or ")}, saw an answer` }];
  const code = wanted.includes(error.code)
    ? []
    : [{ check: "error code", detail: `expected ${wanted.join(" or ")}, saw ${error.code}: ${error.message}` }];
  return [...code, ...waitDifferences(waitsMs, error.waitMs ?? 0, error.code)];
}

/** Waits of a provider are told on; a rate limit without any is told one nevertheless. */
function waitDifferences(waitsMs: readonly number[], waitMs: number, code: string): Difference[] {
  const seen = waitMs === 0 ? "none" : `${waitMs} ms`;
  if (waitsMs.length > 0) {
    const right = waitMs >= Math.min(...waitsMs) - 1 && waitMs <= Math.max(...waitsMs) + ROUNDED_MS;
    return right ? [] : [{ check: "wait", detail: `expected ${waitsMs.join(" or ")} ms, saw ${seen}` }];
  }
  return code === "rate_limited" && waitMs === 0 ? [{ check: "wait", detail: "a rate limit tells none" }] : [];
}
