import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ErrorCode, ErrorDetailSchema } from "@fairlead/contracts/errors/v1/error";
import { toErrorAnswer } from "./error-body.ts";

const answer = (init: MessageInitShape<typeof ErrorDetailSchema>) => toErrorAnswer(create(ErrorDetailSchema, init));

describe("a failure in OpenAI's words", () => {
  it("tells everything that is known of it", () => {
    const failed = answer({
      code: ErrorCode.RATE_LIMITED,
      message: "Too many requests.",
      retryable: true,
      retryAfter: { seconds: 1n, nanos: 200_000_000 },
      provider: "openai",
      requestId: "req-1",
      attempts: [
        {
          number: 1,
          provider: "openai",
          model: "gpt-x",
          tier: "primary",
          errorCode: ErrorCode.RATE_LIMITED,
          errorMessage: "429",
        },
      ],
    });
    expect(failed).toEqual({
      status: 429,
      headers: { "retry-after": "2", "retry-after-ms": "1200" },
      body: {
        error: {
          message: "Too many requests.",
          type: "rate_limit_error",
          code: "rate_limit_exceeded",
          param: null,
          fairlead: {
            code: "rate_limited",
            retryable: true,
            retry_after_ms: 1200,
            request_id: "req-1",
            provider: "openai",
            attempts: [
              {
                number: 1,
                provider: "openai",
                model: "gpt-x",
                tier: "primary",
                error: { code: "rate_limited", message: "429" },
                duration_ms: 0,
                cost_usd: "0",
                skipped: false,
              },
            ],
          },
        },
      },
    });
  });

  it("names the field at fault as the caller knows it", () => {
    const { body, status } = answer({
      code: ErrorCode.INVALID_REQUEST,
      message: "chat.messages[0].parts: too many",
      violations: [{ field: "chat.messages[0].parts", description: "too many", rule: "repeated.max_items" }],
    });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      message: "messages[0].parts: too many",
      param: "messages[0].parts",
      type: "invalid_request_error",
      code: "invalid_request",
      fairlead: { violations: [{ field: "messages[0].parts", description: "too many", rule: "repeated.max_items" }] },
    });
  });

  it.each([
    [ErrorCode.CONTEXT_LENGTH_EXCEEDED, 400, "invalid_request_error", "context_length_exceeded"],
    [ErrorCode.MODEL_NOT_FOUND, 404, "invalid_request_error", "model_not_found"],
    [ErrorCode.UNAUTHENTICATED, 401, "authentication_error", "invalid_api_key"],
    [ErrorCode.PERMISSION_DENIED, 403, "permission_error", "permission_denied"],
    [ErrorCode.BUDGET_EXCEEDED, 429, "insufficient_quota", "budget_exceeded"],
    [ErrorCode.OVERLOADED, 503, "overloaded_error", "overloaded"],
    [ErrorCode.TIMEOUT, 504, "timeout_error", "timeout"],
    [ErrorCode.INTERNAL, 500, "server_error", "internal"],
  ])("gives code %i the status %i, type %s and code %s", (code, status, type, word) => {
    const failed = answer({ code, retryable: true });
    expect(failed).toMatchObject({ status, body: { error: { type, code: word } } });
  });

  it.each([
    [ErrorCode.BUDGET_EXCEEDED, false, { "x-should-retry": "false" }],
    [ErrorCode.PROVIDER_AUTHENTICATION, false, { "x-should-retry": "false" }],
    [ErrorCode.CONFLICT, false, { "x-should-retry": "false" }],
    [ErrorCode.INVALID_REQUEST, false, {}],
    [ErrorCode.OVERLOADED, true, {}],
  ])("of code %i keeps clients from useless retries", (code, retryable, headers) => {
    expect(answer({ code, retryable }).headers).toEqual(headers);
  });

  it("asks for a wait of at least a second, or a millisecond", () => {
    const { headers } = answer({ code: ErrorCode.RATE_LIMITED, retryable: true, retryAfter: { nanos: 1 } });
    expect(headers).toEqual({ "retry-after": "1", "retry-after-ms": "1" });
  });
});
