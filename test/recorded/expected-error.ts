import { object, parseJson, text } from "./json.ts";

/** What an error must become. */
export interface ExpectedError {
  /** Words of stable codes that tell it rightly. */
  readonly codes: readonly string[];
  /** Milliseconds that the provider asks to wait, by each word of it; empty: it does not say. */
  readonly waitsMs: readonly number[];
}

interface Meaning {
  readonly statuses?: readonly number[];
  readonly words?: RegExp;
  readonly codes: readonly string[];
}

/** The first meaning that fits counts: words before statuses, because providers share statuses among meanings. */
const MEANINGS: readonly Meaning[] = [
  {
    words:
      /context_length_exceeded|prompt is too long|TOO_MANY_TOKENS|too_many_prompt_tokens|too many tokens|exceeds the maximum number of tokens|maximum context length|context window/i,
    codes: ["context_length_exceeded"],
  },
  {
    words:
      /insufficient_quota|insufficient_balance|Insufficient Balance|credit balance is too low|billing_error|spending.?limit/i,
    codes: ["provider_quota_exhausted"],
  },
  {
    words: /API_KEY_INVALID|invalid_api_key|authentication_error|Incorrect API key|Invalid API key|Authentication Fails/i,
    codes: ["provider_authentication"],
  },
  { words: /overloaded_error|"?overloaded"?/i, codes: ["overloaded"] },
  { words: /rate_limit|RESOURCE_EXHAUSTED|RateLimitReached|Too Many Requests/i, codes: ["rate_limited"] },
  { words: /tool_use_failed/, codes: ["provider_error", "malformed_answer", "invalid_request"] },
  {
    words: /content_filter|content_policy_violation|ResponsibleAIPolicyViolation|PROHIBITED_CONTENT/i,
    codes: ["content_refused"],
  },
  {
    words: /model_not_found|DeploymentNotFound|model.{0,60}(does not exist|not found|is not found)|model: \S+/i,
    codes: ["model_not_found"],
  },
  { statuses: [401, 403], codes: ["provider_authentication"] },
  { statuses: [402], codes: ["provider_quota_exhausted"] },
  { statuses: [404], codes: ["model_not_found"] },
  { statuses: [408, 504], codes: ["timeout", "provider_error"] },
  { statuses: [429], codes: ["rate_limited"] },
  { statuses: [503, 529], codes: ["overloaded"] },
  {
    words: /"?(type|code|status)"?:\s*"?(server_error|internal_server_error|api_error|INTERNAL|UNAVAILABLE)/,
    codes: ["provider_error", "overloaded"],
  },
  { words: /invalid_request_error|INVALID_ARGUMENT|invalid_value|unsupported/i, codes: ["invalid_request"] },
  { statuses: [400, 409, 413, 415, 422], codes: ["invalid_request"] },
];

/** Codes that tell an error rightly, and its wait. `status` is 200 where the error stands inside of an answer. */
export function expectedError(status: number, headers: Readonly<Record<string, string>>, body: string): ExpectedError {
  const told = status === 200 ? Number(/"code":\s*"?([45]\d\d)\b/.exec(body)?.[1] ?? status) : status;
  const meaning = MEANINGS.find(({ statuses, words }) => statuses?.includes(told) === true || words?.test(body) === true);
  return { codes: meaning?.codes ?? ["provider_error"], waitsMs: waitsOf(headers, body) };
}

/** A date is left out: a recorded one has passed long ago. */
function waitsOf(headers: Readonly<Record<string, string>>, body: string): number[] {
  const named = (name: string) => Number(Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]);
  const words = object(object(parseJson(body))["error"])["message"] ?? body;
  const said = /(?:try again|retry) (?:in|after) (?:(\d+)m)?(\d+(?:\.\d+)?)(ms|s)\b/i.exec(text(words));
  const delay = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1];
  const waits = [
    named("retry-after-ms"),
    named("retry-after") * 1000,
    said === null ? 0 : Number(said[1] ?? 0) * 60_000 + Number(said[2]) * (said[3] === "ms" ? 1 : 1000),
    Number(delay) * 1000,
  ];
  return waits.filter((wait) => wait > 0);
}

/** Status with which an edge tells a code. */
export const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ["invalid_request", 400],
  ["model_not_found", 404],
  ["context_length_exceeded", 400],
  ["content_refused", 400],
  ["provider_authentication", 502],
  ["provider_quota_exhausted", 503],
  ["rate_limited", 429],
  ["overloaded", 503],
  ["provider_error", 502],
  ["malformed_answer", 502],
  ["timeout", 504],
  ["stream_interrupted", 502],
]);
