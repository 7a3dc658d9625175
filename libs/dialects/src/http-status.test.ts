import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { httpStatus } from "./http-status.ts";

const EXPECTED: Record<keyof typeof ErrorCode, number> = {
  UNSPECIFIED: 500,
  INVALID_REQUEST: 400,
  MODEL_NOT_FOUND: 404,
  CONTEXT_LENGTH_EXCEEDED: 400,
  CONTENT_REFUSED: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  PROVIDER_AUTHENTICATION: 502,
  PROVIDER_QUOTA_EXHAUSTED: 503,
  RATE_LIMITED: 429,
  BUDGET_EXCEEDED: 429,
  COST_LIMIT_EXCEEDED: 400,
  OVERLOADED: 503,
  PROVIDER_ERROR: 502,
  PROVIDER_UNREACHABLE: 502,
  MALFORMED_ANSWER: 502,
  TIMEOUT: 504,
  CANCELLED: 499,
  STREAM_INTERRUPTED: 502,
  NO_TARGET: 503,
  CIRCUIT_OPEN: 503,
  QUALITY_REJECTED: 502,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  INTERNAL: 500,
  NOT_FOUND: 404,
  CONFLICT: 409,
};

describe("the HTTP status", () => {
  it.each(Object.entries(EXPECTED))("of %s is %i", (name, status) => {
    expect(httpStatus(ErrorCode[name as keyof typeof ErrorCode])).toBe(status);
  });

  it("of a code that is not known yet is 500", () => {
    expect(httpStatus(999 as ErrorCode)).toBe(500);
  });
});
