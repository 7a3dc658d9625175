import { create } from "@bufbuild/protobuf";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { toErrorAnswer } from "./error-body.ts";

describe("a failure in Anthropic's words", () => {
  it("tells what is known of it", () => {
    const detail = create(ErrorDetailSchema, {
      code: ErrorCode.RATE_LIMITED,
      message: "Too many requests.",
      retryable: true,
      retryAfter: { seconds: 3n },
      requestId: "req-1",
    });
    expect(toErrorAnswer(detail)).toEqual({
      status: 429,
      headers: { "retry-after": "3", "retry-after-ms": "3000" },
      body: {
        type: "error",
        error: {
          type: "rate_limit_error",
          message: "Too many requests.",
          fairlead: { code: "rate_limited", retryable: true, retry_after_ms: 3000, request_id: "req-1", attempts: [] },
        },
        request_id: "req-1",
      },
    });
  });

  it("tells a body that is too large apart from one that is wrong", () => {
    const violations = [{ field: "body", description: "is larger than 9 bytes", rule: "fairlead.size" }];
    expect(toErrorAnswer(create(ErrorDetailSchema, { code: ErrorCode.INVALID_REQUEST, violations })).body.error.type).toBe("request_too_large");
  });

  it.each([
    [ErrorCode.INVALID_REQUEST, 400, "invalid_request_error"],
    [ErrorCode.CONTEXT_LENGTH_EXCEEDED, 400, "invalid_request_error"],
    [ErrorCode.UNAUTHENTICATED, 401, "authentication_error"],
    [ErrorCode.PERMISSION_DENIED, 403, "permission_error"],
    [ErrorCode.MODEL_NOT_FOUND, 404, "not_found_error"],
    [ErrorCode.BUDGET_EXCEEDED, 429, "rate_limit_error"],
    [ErrorCode.OVERLOADED, 529, "overloaded_error"],
    [ErrorCode.TIMEOUT, 504, "timeout_error"],
    [ErrorCode.PROVIDER_ERROR, 502, "api_error"],
    [ErrorCode.INTERNAL, 500, "api_error"],
  ])("gives code %i the status %i and type %s", (code, status, type) => {
    expect(toErrorAnswer(create(ErrorDetailSchema, { code }))).toMatchObject({
      status,
      body: { error: { type }, request_id: null },
    });
  });
});
