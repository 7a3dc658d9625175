import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { judgeFailure } from "./judge-failure.ts";

type Row = readonly [code: keyof typeof ErrorCode, blamesTarget: boolean, fallsBack: boolean, retries: boolean];

const TABLE: readonly Row[] = [
  ["UNSPECIFIED", false, false, false],
  ["INVALID_REQUEST", false, false, false],
  ["MODEL_NOT_FOUND", false, true, false],
  ["CONTEXT_LENGTH_EXCEEDED", false, true, false],
  ["CONTENT_REFUSED", false, true, false],
  ["UNAUTHENTICATED", false, false, false],
  ["PERMISSION_DENIED", false, false, false],
  ["PROVIDER_AUTHENTICATION", true, true, false],
  ["PROVIDER_QUOTA_EXHAUSTED", true, true, false],
  ["RATE_LIMITED", false, true, true],
  ["BUDGET_EXCEEDED", false, false, false],
  ["COST_LIMIT_EXCEEDED", false, false, false],
  ["OVERLOADED", true, true, true],
  ["PROVIDER_ERROR", true, true, true],
  ["PROVIDER_UNREACHABLE", true, true, true],
  ["MALFORMED_ANSWER", true, true, true],
  ["TIMEOUT", true, true, true],
  ["CANCELLED", false, false, false],
  ["STREAM_INTERRUPTED", true, true, true],
  ["NO_TARGET", false, false, false],
  ["CIRCUIT_OPEN", false, true, false],
  ["QUALITY_REJECTED", false, true, false],
  ["UNIMPLEMENTED", false, true, false],
  ["UNAVAILABLE", true, true, true],
  ["INTERNAL", true, true, false],
  ["NOT_FOUND", false, false, false],
  ["CONFLICT", false, false, false],
];

describe("judging a failure", () => {
  it.each(TABLE)("knows what %s means", (name, blamesTarget, fallsBack, retries) => {
    expect(judgeFailure(ErrorCode[name])).toEqual({ blamesTarget, fallsBack, retries });
  });

  it("has a verdict in the table above for every code there is", () => {
    const codes = Object.keys(ErrorCode).filter((key) => Number.isNaN(Number(key)));
    expect(TABLE.map(([name]) => name).sort()).toEqual(codes.sort());
  });

  it("only repeats a call where another target might be asked as well", () => {
    for (const [name, , fallsBack, retries] of TABLE) expect([name, retries && !fallsBack]).toEqual([name, false]);
  });
});
