import { askWhole, failureOf } from "./support/ask-vendor.ts";
import { json } from "./support/fixtures.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { ErrorCode } from "@fairlead/contracts/errors/v1/error";

interface Shape {
  readonly what: string;
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  readonly body: unknown;
  readonly code: keyof typeof ErrorCode;
}

const openai = { provider: "openai", model: "gpt-4o-mini" };
const anthropic = { provider: "anthropic", model: "claude-haiku-4-5" };
const google = { provider: "google", model: "gemini-2.5-flash" };
const mistral = { provider: "mistral", model: "mistral-small-2603" };
const xai = { provider: "xai", model: "grok-4.3" };
const groq = { provider: "groq", model: "openai/gpt-oss-20b" };
const cohere = { provider: "cohere", model: "command-a-03-2025" };
const ollama = { provider: "ollama", model: "llama3.1" };
const plain = { provider: "plain", model: "plain-model" };

const openaiError = (type: string, code: string | null, message = "No.") => ({
  error: { message, type, param: null, code },
});
const anthropicError = (type: string, message = "No.") => ({
  type: "error",
  error: { type, message },
  request_id: "req_1",
});
const googleError = (code: number, status: string, message = "No.", details: readonly object[] = []) => ({
  error: { code, message, status, details },
});

const SHAPES: readonly Shape[] = [
  {
    what: "a wrong key that Google answers with 400",
    ...google,
    status: 400,
    body: googleError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" },
    ]),
    code: "PROVIDER_AUTHENTICATION",
  },
  {
    what: "an error that Google wraps in an array",
    ...google,
    status: 503,
    body: [googleError(503, "UNAVAILABLE", "The model is overloaded.")],
    code: "OVERLOADED",
  },
  {
    what: "a wrong key that Google wraps in an array",
    ...google,
    status: 400,
    body: [googleError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")],
    code: "PROVIDER_AUTHENTICATION",
  },
  {
    what: "a context overflow under Mistral's detail",
    ...mistral,
    status: 422,
    body: { detail: [{ type: "value_error", msg: "Prompt too large for the maximum context length of 131072" }] },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a list under Mistral's detail",
    ...mistral,
    status: 422,
    body: { detail: [{ type: "extra_forbidden", loc: ["body", "x"], msg: "Extra inputs are not permitted" }] },
    code: "INVALID_REQUEST",
  },
  {
    what: "words under Mistral's detail",
    ...mistral,
    status: 401,
    body: { detail: "Unauthorized" },
    code: "PROVIDER_AUTHENTICATION",
  },
  {
    what: "an object in Mistral's message",
    ...mistral,
    status: 422,
    body: {
      object: "error",
      message: { detail: [{ msg: "Input should be a valid string" }] },
      type: "invalid_request_error",
      code: null,
    },
    code: "INVALID_REQUEST",
  },
  {
    what: "xAI's error that is a string",
    ...xai,
    status: 400,
    body: { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***ey." },
    code: "PROVIDER_AUTHENTICATION",
  },
  {
    what: "xAI's model that is not there",
    ...xai,
    status: 404,
    body: { code: "Some requested entity was not found", error: "The model grok-0 does not exist." },
    code: "MODEL_NOT_FOUND",
  },
  {
    what: "Groq's call that cannot be read",
    ...groq,
    status: 400,
    body: {
      error: {
        message: "Failed to call a function.",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: "<function=secret>",
      },
    },
    code: "MALFORMED_ANSWER",
  },
  {
    what: "a context overflow of OpenAI",
    ...openai,
    status: 400,
    body: openaiError(
      "invalid_request_error",
      "context_length_exceeded",
      "This model's maximum context length is 128000 tokens.",
    ),
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Groq",
    ...groq,
    status: 413,
    body: openaiError("tokens", "request_too_large", "Request too large for model."),
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Anthropic",
    ...anthropic,
    status: 400,
    body: anthropicError("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Gemini",
    ...google,
    status: 400,
    body: googleError(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1500000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Cohere by its name",
    ...cohere,
    status: 400,
    body: { id: "e1", error_type: "TOO_MANY_TOKENS", message: "size limit exceeded" },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Cohere by its words",
    ...cohere,
    status: 400,
    body: { id: "e1", message: "too many tokens: total number of tokens in the prompt cannot exceed 4081" },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow by the name too_many_prompt_tokens",
    ...plain,
    status: 400,
    body: { error: { message: "No.", type: "too_many_prompt_tokens" } },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Mistral",
    ...mistral,
    status: 400,
    body: {
      object: "error",
      message:
        "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
      type: "invalid_request_prompt",
      code: "3051",
    },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "a context overflow of Ollama",
    ...ollama,
    status: 400,
    body: { error: "the input length exceeds the context length" },
    code: "CONTEXT_LENGTH_EXCEEDED",
  },
  {
    what: "credit that is used up at OpenAI",
    ...openai,
    status: 429,
    body: openaiError("insufficient_quota", "insufficient_quota"),
    code: "PROVIDER_QUOTA_EXHAUSTED",
  },
  {
    what: "credit that is used up at Anthropic",
    ...anthropic,
    status: 400,
    body: anthropicError("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    code: "PROVIDER_QUOTA_EXHAUSTED",
  },
  {
    what: "Anthropic's overload",
    ...anthropic,
    status: 529,
    body: anthropicError("overloaded_error"),
    code: "OVERLOADED",
  },
  {
    what: "a key that OpenAI refuses",
    ...openai,
    status: 401,
    body: openaiError("invalid_request_error", "invalid_api_key"),
    code: "PROVIDER_AUTHENTICATION",
  },
  {
    what: "a model that Ollama does not have",
    ...ollama,
    status: 404,
    body: { error: "model 'llama3.1' not found" },
    code: "MODEL_NOT_FOUND",
  },
  { what: "a page of a proxy", ...openai, status: 502, body: "<html>Bad gateway</html>", code: "PROVIDER_ERROR" },
];

const SPOKEN_WAIT =
  "You exceeded your current quota. * Quota exceeded for metric: generate_content_paid_tier_input_token_count, limit: 250000. Please retry in 34.07s.";

export function describeErrorShapes(): void {
  describe("whatever shape a provider gives its error, it has one stable code", () => {
    it.each(SHAPES)("understands $what", async ({ provider, model, status, body, code }) => {
      await using vendor = await openVendor(provider, json(body, { status }));
      expect((await failureOf(askWhole(vendor, model))).code).toBe(code);
    });

    it("takes Gemini's answer of 429 to a long prompt for a limit, with the wait that only its words tell", async () => {
      await using vendor = await openVendor(
        "google",
        json(googleError(429, "RESOURCE_EXHAUSTED", SPOKEN_WAIT), { status: 429 }),
      );
      expect(await failureOf(askWhole(vendor, "gemini-2.5-flash"))).toMatchObject({
        code: "RATE_LIMITED",
        waitMs: 34_070,
      });
    });

    it("repeats nothing of what a model failed to write", async () => {
      const body = {
        error: {
          message: "Failed to call a function. <function=secret>",
          type: "invalid_request_error",
          code: "tool_use_failed",
          failed_generation: "<function=secret>",
        },
      };
      await using vendor = await openVendor("groq", json(body, { status: 400 }));
      expect((await failureOf(askWhole(vendor, "openai/gpt-oss-20b"))).message).toBe(
        "The provider answered with status 400 (invalid_request_error, tool_use_failed).",
      );
    });
  });
}
