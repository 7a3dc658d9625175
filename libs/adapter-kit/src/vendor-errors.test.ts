import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { inAnswerFailure, rejectionFailure } from "./provider-failure.ts";
import { hasRecordedTraffic, recordedRejections } from "./testing/recorded-traffic.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

function fail(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return rejectionFailure({ status, headers: new Map(Object.entries(headers)), body: text }, NOW);
}

const openrouter = (code: number, raw: unknown, metadata: object = {}) => ({ error: { message: "Provider returned error", code, metadata: { raw, provider_name: "Some", ...metadata } } });
const mistral = (message: unknown, type: string, code = "3000") => ({ object: "error", message, type, param: null, code, raw_status_code: 400 });
const google = (code: number, status: string, message: string, details: object[] = []) => ({ error: { code, status, message, details } });

describe("the errors of vendors", () => {
  it.each<[string, number, unknown, keyof typeof ErrorCode, Record<string, string>?]>([
    ["Google: a bad key in an array with 400", 400, [google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")], "PROVIDER_AUTHENTICATION"],
    ["Google: an expired key", 400, google(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."), "PROVIDER_AUTHENTICATION"],
    ["Google: a place that is not served", 400, google(400, "FAILED_PRECONDITION", "User location is not supported for the API use."), "PROVIDER_AUTHENTICATION"],
    ["Google: a long prompt", 400, google(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."), "CONTEXT_LENGTH_EXCEEDED"],
    ["Google: a long prompt with 429", 429, google(429, "RESOURCE_EXHAUSTED", "The input token count exceeds the maximum number of tokens allowed. Please retry in 3s."), "CONTEXT_LENGTH_EXCEEDED"],
    ["Google: a limit of the rate that speaks of billing", 429, google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."), "RATE_LIMITED"],
    ["Google: overload", 503, google(503, "UNAVAILABLE", "The model is overloaded. Please try again later."), "OVERLOADED"],
    ["Google: a model that is not there", 404, google(404, "NOT_FOUND", "models/x is not found for API version v1beta"), "MODEL_NOT_FOUND"],
    ["OpenAI: an unpaid bill with 429", 429, { error: { message: "You exceeded your current quota, please check your plan and billing details.", type: "insufficient_quota", code: "insufficient_quota" } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["OpenAI: an inactive account", 429, { error: { code: "billing_not_active" } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["OpenAI: a model that is not there with 400", 400, { error: { code: "model_not_found", type: "invalid_request_error" } }, "MODEL_NOT_FOUND"],
    ["OpenAI: a model the project may not call", 403, { error: { code: "model_not_found", message: "Project does not have access" } }, "MODEL_NOT_FOUND"],
    ["OpenAI: a country that is not served", 403, { error: { code: "unsupported_country_region_territory", type: "request_forbidden" } }, "PROVIDER_AUTHENTICATION"],
    ["OpenAI: a prompt that was flagged", 400, { error: { code: "invalid_prompt", message: "Invalid prompt: flagged" } }, "CONTENT_REFUSED"],
    ["OpenAI: an earlier response that is gone", 404, { error: { code: "previous_response_not_found", type: "invalid_request_error" } }, "INVALID_REQUEST"],
    ["OpenAI: more tokens than a minute has", 429, { error: { type: "tokens", code: "rate_limit_exceeded", message: "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000." } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Anthropic: an organisation without credit", 400, { type: "error", error: { type: "invalid_request_error", message: "Your credit balance is too low to access the Anthropic API." } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Anthropic: a limit of one's own", 400, { type: "error", error: { type: "invalid_request_error", message: "You have reached your specified API usage limits. You will regain access on 2026-02-01." } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Anthropic: a disabled organisation", 400, { type: "error", error: { type: "invalid_request_error", message: "This organization has been disabled." } }, "PROVIDER_AUTHENTICATION"],
    ["Anthropic: prompt and answer beyond the context", 400, { type: "error", error: { type: "invalid_request_error", message: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000" } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Anthropic: over OpenAI's dialect", 429, { error: { code: "rate_limit_error", type: "invalid_request_error", message: "This request would exceed the rate limit for your organization of 20,000 input tokens per minute." } }, "RATE_LIMITED"],
    ["Mistral: a bad key", 401, { detail: "Invalid API Key" }, "PROVIDER_AUTHENTICATION"],
    ["Mistral: a missing field", 422, { detail: [{ type: "missing", loc: ["body", "messages"], msg: "Field required" }] }, "INVALID_REQUEST"],
    ["Mistral: a message that holds details", 422, mistral({ detail: [{ type: "missing", msg: "Field required" }] }, "invalid_request_error"), "INVALID_REQUEST"],
    ["Mistral: a long prompt", 400, mistral("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", "invalid_request_prompt", "3051"), "CONTEXT_LENGTH_EXCEEDED"],
    ["Mistral: a long prompt within details", 400, mistral({ detail: [{ msg: "prompt is too long" }] }, "invalid_request_error"), "CONTEXT_LENGTH_EXCEEDED"],
    ["Mistral: a model that is not there", 400, mistral("Invalid model: x", "invalid_model", "1500"), "MODEL_NOT_FOUND"],
    ["Mistral: capacity", 429, mistral("Service tier capacity exceeded for this model.", "service_tier_capacity_exceeded", "3505"), "RATE_LIMITED"],
    ["xAI: a bad key", 400, { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***." }, "PROVIDER_AUTHENTICATION"],
    ["xAI: no credits", 403, { code: "The caller does not have permission", error: "Your team has either used all available credits or reached its monthly spending limit." }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["xAI: a long prompt", 400, { code: "Client specified an invalid argument", error: "This model's maximum prompt length is 131072 but the request contains 150000 tokens." }, "CONTEXT_LENGTH_EXCEEDED"],
    ["xAI: refused content", 403, { code: "The caller does not have permission", error: "Content violates usage guidelines. Failed check" }, "CONTENT_REFUSED"],
    ["xAI: a model that is not there", 404, { code: "Some requested entity was not found", error: "The model x does not exist" }, "MODEL_NOT_FOUND"],
    ["xAI: words alone", 400, { error: "Invalid request content" }, "INVALID_REQUEST"],
    ["Groq: a call of a tool that failed", 400, { error: { type: "invalid_request_error", code: "tool_use_failed", failed_generation: "<function=x" } }, "MALFORMED_ANSWER"],
    ["Groq: JSON that failed", 400, { error: { type: "invalid_request_error", code: "json_validate_failed", failed_generation: "{" } }, "MALFORMED_ANSWER"],
    ["Groq: a prompt beyond a minute", 413, { error: { type: "tokens", code: "rate_limit_exceeded", message: "Request too large for model `x`" } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Groq: flex capacity", 498, { error: { type: "capacity_exceeded", message: "Flex tier capacity exceeded" } }, "OVERLOADED"],
    ["Groq: a restricted organisation", 400, { error: { code: "organization_restricted", type: "invalid_request_error" } }, "PROVIDER_AUTHENTICATION"],
    ["Groq: a model that was taken away", 400, { error: { code: "model_decommissioned", type: "invalid_request_error" } }, "MODEL_NOT_FOUND"],
    ["Cohere: a long prompt", 400, { id: "x", message: "size limit exceeded by 25836 tokens", error_type: "TOO_MANY_TOKENS" }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Cohere: a bad key", 401, { message: "invalid api token" }, "PROVIDER_AUTHENTICATION"],
    ["Cohere: a trial key's minute", 429, { message: "You are using a Trial key, which is limited to 20 API calls / minute." }, "RATE_LIMITED"],
    ["Cohere: a trial key's month", 429, { message: "You are using a Trial key, which is limited to 1000 API calls / month." }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Cohere: blocked content", 498, { message: "blocked input: please rephrase" }, "CONTENT_REFUSED"],
    ["Ollama: a model that is not there", 404, { error: 'model "x" not found, try pulling it first' }, "MODEL_NOT_FOUND"],
    ["Ollama: a long prompt", 400, { error: "the input length exceeds the context length" }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Ollama: a full queue", 503, { error: "server busy, please try again. maximum pending requests exceeded" }, "OVERLOADED"],
    ["Ollama: a feature that is missing", 400, { error: '"x" does not support tools' }, "INVALID_REQUEST"],
    ["llama.cpp: a long prompt", 400, { error: { code: 400, type: "exceed_context_size_error" } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Azure: no key", 401, { statusCode: 401, message: "Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired." }, "PROVIDER_AUTHENTICATION"],
    ["Azure: a limit", 429, { statusCode: 429, message: "Rate limit is exceeded. Try again in 2 seconds." }, "RATE_LIMITED"],
    ["Azure: a used up allowance", 403, { statusCode: 403, message: "Out of call volume quota. Quota will be replenished in 3 days" }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Azure: filtered content", 400, { error: { message: "The response was filtered", type: null, param: "prompt", code: "content_filter", status: 400, innererror: { code: "ResponsibleAIPolicyViolation" } } }, "CONTENT_REFUSED"],
    ["Azure: filtered content, said inside alone", 400, { error: { message: "The response was filtered", code: null, innererror: { code: "ResponsibleAIPolicyViolation" } } }, "CONTENT_REFUSED"],
    ["Azure: a deployment that is not there", 404, { error: { code: "DeploymentNotFound", message: "The API deployment does not exist." } }, "MODEL_NOT_FOUND"],
    ["Azure: a long prompt of another vendor's model", 400, { error: { code: "too_many_prompt_tokens" } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["OpenRouter: another's limit", 429, openrouter(429, '{"error":{"message":"Rate limited","code":"rate_limit_exceeded"}}'), "RATE_LIMITED"],
    ["OpenRouter: another's context", 400, openrouter(400, '{"error":{"message":"too long","code":"context_length_exceeded"}}'), "CONTEXT_LENGTH_EXCEEDED"],
    ["OpenRouter: another's context in words", 400, openrouter(400, "prompt is too long: 210000 tokens"), "CONTEXT_LENGTH_EXCEEDED"],
    ["OpenRouter: another's overload", 502, openrouter(502, { type: "error", error: { type: "overloaded_error" } }), "OVERLOADED"],
    ["OpenRouter: moderation", 403, openrouter(403, undefined, { reasons: ["violence"], flagged_input: "..." }), "CONTENT_REFUSED"],
    ["OpenRouter: no credits", 402, { error: { message: "Insufficient credits", code: 402 } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["OpenRouter: what repeats itself", 500, openrouter(500, JSON.stringify(openrouter(500, JSON.stringify(openrouter(500, "prompt is too long"))))), "PROVIDER_ERROR"],
    ["Perplexity: a bad key", 401, { error: { message: "Invalid API key provided.", type: "invalid_api_key", code: 401 } }, "PROVIDER_AUTHENTICATION"],
    ["Perplexity: a model that is not there", 400, { error: { message: "Invalid model 'x'.", type: "invalid_model", code: 400 } }, "MODEL_NOT_FOUND"],
    ["Hugging Face: a model that loads", 503, { error: "Model x is currently loading", estimated_time: 20 }, "OVERLOADED"],
    ["Hugging Face: a long prompt", 422, { error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.", error_type: "validation" }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Hugging Face: used up credits", 402, { error: "You have exceeded your monthly included credits" }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Hugging Face: a list", 400, { error: ["Error in `parameters`"] }, "INVALID_REQUEST"],
    ["Bedrock: throttling that speaks of tokens", 429, { message: "Too many tokens, please wait before trying again." }, "RATE_LIMITED", { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/" }],
    ["Bedrock: throttling by its type", 400, { __type: "com.amazon.coral.service#ThrottlingException", message: "Rate exceeded" }, "RATE_LIMITED"],
    ["Bedrock: a long prompt", 400, { message: "Input is too long for requested model." }, "CONTEXT_LENGTH_EXCEEDED", { "x-amzn-errortype": "ValidationException" }],
    ["Bedrock: an expired token", 400, { message: "The security token included in the request is expired" }, "PROVIDER_AUTHENTICATION", { "x-amzn-errortype": "ExpiredTokenException" }],
    ["Bedrock: a failed model", 424, { message: "The model failed" }, "PROVIDER_ERROR", { "x-amzn-errortype": "ModelErrorException" }],
    ["DeepSeek: no balance", 402, { error: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Cerebras: a bad key", 401, { message: "Wrong API Key", type: "invalid_request_error", param: "api_key", code: "wrong_api_key" }, "PROVIDER_AUTHENTICATION"],
    ["Cerebras: a full queue", 429, { message: "We're experiencing high traffic", type: "too_many_requests_error", code: "queue_exceeded" }, "RATE_LIMITED"],
    ["Z.ai: no balance with 429", 429, { error: { code: "1113", message: "Insufficient balance or no resource package. Please recharge." } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Z.ai: a long prompt", 400, { error: { code: "1261", message: "Prompt exceeds max length" } }, "CONTEXT_LENGTH_EXCEEDED"],
    ["Moonshot: no balance", 429, { error: { type: "exceeded_current_quota_error", message: "Your account is suspended" } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["vLLM: a long prompt", 400, { object: "error", message: "This model's maximum context length is 4096 tokens.", type: "BadRequestError", code: 400 }, "CONTEXT_LENGTH_EXCEEDED"],
    ["a proxy's page", 404, "<html>404</html>", "PROVIDER_ERROR"],
    ["nothing at all", 400, "", "INVALID_REQUEST"],
  ])("have one code each: %s", (_name, status, body, code, headers = {}) => {
    expect(ErrorCode[fail(status, body, headers).code]).toBe(code);
  });

  it.each<[string, unknown, keyof typeof ErrorCode]>([
    ["a status in the body", { error: { message: "x", code: 429 } }, "RATE_LIMITED"],
    ["a status in words", { error: { message: "x", code: "402" } }, "PROVIDER_QUOTA_EXHAUSTED"],
    ["Mistral's status", { object: "error", message: "x", type: "x", code: "3505", raw_status_code: 429 }, "RATE_LIMITED"],
    ["Azure's status", { statusCode: 503, message: "x" }, "OVERLOADED"],
    ["Anthropic's missing model", { type: "error", error: { type: "not_found_error", message: "model: x" } }, "MODEL_NOT_FOUND"],
    ["OpenRouter's broken stream", { error: { code: 502, message: "Provider disconnected", metadata: { error_type: "provider_unavailable" } } }, "PROVIDER_ERROR"],
  ])("have one code each inside an answer: %s", (_name, body, code) => {
    expect(ErrorCode[inAnswerFailure(body, NOW).code]).toBe(code);
  });

  it.each<[string, number | undefined, unknown, Record<string, string>?]>([
    ["Google's message", 48_940, { error: { message: "Quota exceeded.\nPlease retry in 48.939935699s." } }],
    ["Google's RetryInfo", 48_000, google(429, "RESOURCE_EXHAUSTED", "Please retry in 48.9s.", [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "48s" }])],
    ["Azure's message", 28_000, { error: { code: "429", message: "Please retry after 28 seconds. To increase your quota" } }],
    ["Azure's header of milliseconds", 1_234, {}, { "retry-after-ms": "1234", "retry-after": "2" }],
    ["minutes and seconds", 86_400, { error: { message: "Please try again in 1m26.4s. Need more tokens?" } }],
    ["milliseconds with a space", 250, { error: { message: "Try again in 250 ms" } }],
    ["milliseconds written out", 250, { error: { message: "wait 250 milliseconds" } }],
    ["hours", 7_200_000, { error: { message: "Please try again in 2 hours." } }],
    ["days", 86_400_000, { message: "Quota will be replenished in 3 days" }],
    ["a word that only begins like a unit", 2_000, { error: { message: "Try again in 3 months" } }],
    ["no amount, then one", 9_000, { error: { message: "Please retry. Limits reset in 9s" } }],
    ["a header with a unit", 30_000, {}, { "retry-after": "30s" }],
    ["a header below zero", 2_000, {}, { "retry-after": "-5" }],
    ["OpenRouter's repeated header", 60_000, openrouter(429, "", { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(NOW + 60_000) } })],
    ["Cerebras' window", 11_380, {}, { "x-ratelimit-remaining-tokens-minute": "0", "x-ratelimit-reset-tokens-minute": "11.38" }],
    ["another server's figure", 12_000, { message: "slow down", retry_after: 12 }],
  ])("tell the wait by %s", (_name, wait, body, headers = {}) => {
    expect(retryAfterMs(fail(429, body, headers).detail)).toBe(wait);
  });

  it("tell how long a model of Hugging Face takes to load", () => {
    expect(retryAfterMs(fail(503, { error: "Model x is currently loading", estimated_time: 20.5 }).detail)).toBe(20_500);
  });

  it("take no longer to read than they are long, whatever they hold", () => {
    const bodies = ["Please retry in ".repeat(4_000), "1s".repeat(30_000), `retry in ${"1m".repeat(30_000)}`, "[".repeat(60_000), '{"error":{"metadata":{"raw":'.repeat(2_000)];
    const started = performance.now();
    for (const body of bodies) {
      fail(429, { error: { message: body } });
      fail(429, body);
      fail(429, {}, { "retry-after": body, "x-ratelimit-reset": body });
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

(hasRecordedTraffic ? describe : describe.skip)("recorded errors", () => {
  const PERMANENT = ["PROVIDER_AUTHENTICATION", "MODEL_NOT_FOUND", "INVALID_REQUEST", "CONTEXT_LENGTH_EXCEEDED", "CONTENT_REFUSED", "PROVIDER_QUOTA_EXHAUSTED", "MALFORMED_ANSWER"];
  const EXPECTED: Readonly<Record<number, readonly string[]>> = {
    401: ["PROVIDER_AUTHENTICATION"],
    402: ["PROVIDER_QUOTA_EXHAUSTED"],
    403: ["PROVIDER_AUTHENTICATION", "PROVIDER_QUOTA_EXHAUSTED", "CONTENT_REFUSED", "MODEL_NOT_FOUND"],
    404: ["MODEL_NOT_FOUND", "INVALID_REQUEST"],
    429: ["RATE_LIMITED", "PROVIDER_QUOTA_EXHAUSTED", "CONTEXT_LENGTH_EXCEEDED"],
    529: ["OVERLOADED"],
  };
  const names = [/tool_use_failed/, /context_length|TOO_MANY_TOKENS|token count.*exceeds/, /model_not_found/, /api key (not|is) (in)?valid|invalid x-api-key|incorrect api key/i];
  const codes = ["MALFORMED_ANSWER", "CONTEXT_LENGTH_EXCEEDED", "MODEL_NOT_FOUND", "PROVIDER_AUTHENTICATION"];

  it("have the code that their status and names call for, and a wait where one is due", () => {
    const recorded = recordedRejections();
    expect(recorded.length).toBeGreaterThan(10);
    for (const { name, status, headers, body } of recorded) {
      const error = fail(status, body, headers);
      const code = ErrorCode[error.code] ?? "";
      expect([name, status, ...(EXPECTED[status] ?? [...PERMANENT, "PROVIDER_ERROR", "OVERLOADED", "TIMEOUT"])]).toContain(code);
      const named = names.findIndex((pattern) => pattern.test(body));
      if (named >= 0 && status !== 429) expect([name, code]).toEqual([name, codes[named]]);
      if (code === "RATE_LIMITED") expect(retryAfterMs(error.detail)).toBeGreaterThan(0);
      expect(error.message).toMatch(/^The provider answered with status \d{3}( \([A-Za-z_, ]+\))?\.$/);
    }
  });
});
