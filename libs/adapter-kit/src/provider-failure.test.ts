import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { inAnswerFailure, rejectionFailure } from "./provider-failure.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

function fail(status: number, body: unknown, headers: Record<string, string> = {}) {
  return rejectionFailure({ status, headers: new Map(Object.entries(headers)), body: typeof body === "string" ? body : JSON.stringify(body) }, NOW);
}

describe("the failure that a provider's answer means", () => {
  it.each<[string, number, unknown, ErrorCode]>([
    ["OpenAI's bad key", 401, { error: { code: "invalid_api_key", type: "invalid_request_error" } }, ErrorCode.PROVIDER_AUTHENTICATION],
    ["Google's bad key with 400", 400, { error: { code: 400, status: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] } }, ErrorCode.PROVIDER_AUTHENTICATION],
    ["Google's error in an array", 400, [{ error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } }], ErrorCode.PROVIDER_AUTHENTICATION],
    ["a forbidden key", 403, { error: { type: "permission_error" } }, ErrorCode.PROVIDER_AUTHENTICATION],
    ["an empty account at OpenAI", 429, { error: { type: "insufficient_quota", code: "insufficient_quota" } }, ErrorCode.PROVIDER_QUOTA_EXHAUSTED],
    ["an empty account at Anthropic", 400, { error: { type: "invalid_request_error", message: "Your credit balance is too low" } }, ErrorCode.PROVIDER_QUOTA_EXHAUSTED],
    ["a rate limit", 429, { error: { type: "rate_limit_error" } }, ErrorCode.RATE_LIMITED],
    ["Google's quota with a wait", 429, { error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota" } }, ErrorCode.RATE_LIMITED],
    ["OpenAI's prompt overflow", 400, { error: { code: "context_length_exceeded" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["Anthropic's prompt overflow", 400, { error: { type: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["Google's prompt overflow", 400, { error: { message: "The input token count (1200000) exceeds the maximum number of tokens allowed" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["llama.cpp's prompt overflow", 400, { error: { code: 400, type: "exceed_context_size_error", message: "request (9001 tokens) exceeds the available context size (4096 tokens)" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["Cohere's prompt overflow", 400, { message: "TOO_MANY_TOKENS: too many tokens" }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["a body that is too large", 413, { error: { type: "request_too_large" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["a prompt beyond the account's rate", 429, { error: { code: "rate_limit_exceeded", message: "Request too large for gpt-4o on tokens per min" } }, ErrorCode.CONTEXT_LENGTH_EXCEEDED],
    ["a model that is not there", 404, { error: { code: "model_not_found" } }, ErrorCode.MODEL_NOT_FOUND],
    ["a page of a proxy", 404, "<html>not found</html>", ErrorCode.PROVIDER_ERROR],
    ["refused content", 400, { error: { code: "content_policy_violation" } }, ErrorCode.CONTENT_REFUSED],
    ["a bad field", 400, { error: { type: "invalid_request_error" } }, ErrorCode.INVALID_REQUEST],
    ["Mistral's detail", 422, { detail: [{ msg: "field required" }] }, ErrorCode.INVALID_REQUEST],
    ["xAI's text", 400, { code: "invalid", error: "some words" }, ErrorCode.INVALID_REQUEST],
    ["Groq's failed tool", 400, { error: { code: "tool_use_failed", failed_generation: "secret" } }, ErrorCode.MALFORMED_ANSWER],
    ["overload", 529, { type: "error", error: { type: "overloaded_error" } }, ErrorCode.OVERLOADED],
    ["a busy server", 503, "", ErrorCode.OVERLOADED],
    ["a failing server", 500, { error: { type: "server_error" } }, ErrorCode.PROVIDER_ERROR],
    ["a slow server", 504, "", ErrorCode.TIMEOUT],
  ])("knows %s", (_name, status, body, code) => {
    expect(ErrorCode[fail(status, body).code]).toBe(ErrorCode[code]);
  });

  it.each<[string, unknown, ErrorCode]>([
    ["overload", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, ErrorCode.OVERLOADED],
    ["a rate limit", { error: { message: "Rate limit reached", type: "tokens", code: "rate_limit_exceeded" } }, ErrorCode.RATE_LIMITED],
    ["a failing server", { error: { message: "The server had an error", type: "server_error" } }, ErrorCode.PROVIDER_ERROR],
    ["a status of its own", { error: { code: 503, status: "UNAVAILABLE" } }, ErrorCode.OVERLOADED],
    ["mere text", { error: "oops" }, ErrorCode.PROVIDER_ERROR],
  ])("knows %s inside an answer", (_name, body, code) => {
    expect(ErrorCode[inAnswerFailure(body, NOW).code]).toBe(ErrorCode[code]);
  });

  it("repeats neither keys nor content of the provider's words", () => {
    const body = { error: { type: "invalid_request_error", code: "sk-live-1234", message: "Incorrect key sk-live-1234: hello secret prompt" } };
    expect(fail(400, body).message).toBe("The provider answered with status 400 (invalid_request_error).");
  });

  it.each<[string, number | undefined, Record<string, string>, unknown]>([
    ["retry-after in seconds", 7_000, { "retry-after": "7" }, {}],
    ["retry-after as a date", 90_000, { "retry-after": "Thu, 01 Jan 2026 00:01:30 GMT" }, {}],
    ["retry-after-ms before it", 250, { "retry-after-ms": "250", "retry-after": "1" }, {}],
    ["Google's RetryInfo", 48_000, {}, { error: { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "48s" }] } }],
    ["a wait in words", 18_642, {}, { error: { message: "Limit 30000. Please try again in 18.642s. Visit" } }],
    ["milliseconds in words", 174, {}, { error: { message: "Please try again in 174ms." } }],
    ["minutes in words", 61_500, {}, { error: { message: "Please retry in 1m1.5s" } }],
    ["seconds written out", 20_000, {}, { error: { message: "Please wait 20 seconds" } }],
    ["the window that is used up", 6_000, { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6s", "x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "1h" }, {}],
    ["Anthropic's window", 30_000, { "anthropic-ratelimit-input-tokens-remaining": "0", "anthropic-ratelimit-input-tokens-reset": "2026-01-01T00:00:30Z" }, {}],
    ["nothing: two seconds", 2_000, {}, {}],
    ["nonsense: two seconds", 2_000, { "retry-after": "soon" }, { error: { message: "retry in a while" } }],
    ["a year: a day", 86_400_000, { "retry-after": "31536000" }, {}],
  ])("waits after a 429 with %s", (_name, expected, headers, body) => {
    expect(retryAfterMs(fail(429, body, headers).detail)).toBe(expected);
  });

  it("gives no wait for what waiting does not cure", () => {
    expect(retryAfterMs(fail(400, {}, { "retry-after": "9" }).detail)).toBeUndefined();
    expect(retryAfterMs(fail(529, {}, { "retry-after": "9" }).detail)).toBe(9_000);
  });
});
