import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { ErrorFacts } from "./error-facts.ts";

/** Context overflow has another name at each provider; some give it only in words. */
const OVERFLOW_NAMES = /context_length|too_many_(prompt_)?tokens|string_above_max_length|request_too_large/i;
const OVERFLOW_WORDS =
  /prompt is too long|too many tokens|maximum context length|context (length|window|limit)|input token count.{0,80}exceeds|request too large/i;
const REFUSAL_NAMES = /content_policy|content_filter|responsibleaipolicy|^PROHIBITED_CONTENT$|image_content_policy/i;
const CREDIT_NAMES = /insufficient_quota|billing|insufficient_credit|credit_balance/i;
const CREDIT_WORDS = /credit balance is too low|insufficient (balance|credit)/i;
const KEY_NAMES = /^(API_KEY_INVALID|API_KEY_EXPIRED|invalid_api_key|authentication_error|UNAUTHENTICATED|PERMISSION_DENIED|permission_error|permission_denied)$/;
const KEY_WORDS = /api key (not valid|expired)|(invalid|incorrect) api key/i;

/** What a name means where the status does not say it: inside a stream, or beside a status of 200. */
const BY_NAME: readonly (readonly [RegExp, ErrorCode])[] = [
  [/overloaded|^UNAVAILABLE$/i, ErrorCode.OVERLOADED],
  [/rate_?limit|^RESOURCE_EXHAUSTED$|too_many_requests|requests$|^tokens$/i, ErrorCode.RATE_LIMITED],
  [/timeout|^DEADLINE_EXCEEDED$/i, ErrorCode.TIMEOUT],
  [/model_not_found|not_found/i, ErrorCode.MODEL_NOT_FOUND],
  [/invalid_request|^INVALID_ARGUMENT$|invalid_value|unsupported/i, ErrorCode.INVALID_REQUEST],
];

/**
 * The one code of a vendor's error.
 *
 * @param status HTTP status; undefined for an error inside an answer that began well
 */
export function classifyError(status: number | undefined, facts: ErrorFacts): ErrorCode {
  return byMeaning(status, facts) ?? byStatus(status ?? facts.status, facts) ?? byName(facts) ?? ErrorCode.PROVIDER_ERROR;
}

function byMeaning(status: number | undefined, facts: ErrorFacts): ErrorCode | undefined {
  const named = (pattern: RegExp) => facts.names.some((name) => pattern.test(name));
  if (named(CREDIT_NAMES) || CREDIT_WORDS.test(facts.message) || status === 402) return ErrorCode.PROVIDER_QUOTA_EXHAUSTED;
  if (named(OVERFLOW_NAMES) || OVERFLOW_WORDS.test(facts.message)) return ErrorCode.CONTEXT_LENGTH_EXCEEDED;
  if (named(REFUSAL_NAMES)) return ErrorCode.CONTENT_REFUSED;
  if (named(KEY_NAMES) || KEY_WORDS.test(facts.message)) return ErrorCode.PROVIDER_AUTHENTICATION;
  return undefined;
}

function byStatus(status: number | undefined, facts: ErrorFacts): ErrorCode | undefined {
  switch (status) {
    case undefined:
      return undefined;
    case 401:
    case 403:
      return ErrorCode.PROVIDER_AUTHENTICATION;
    case 404:
      // A page of some proxy at a wrong address says nothing about the model.
      return facts.recognised ? ErrorCode.MODEL_NOT_FOUND : ErrorCode.PROVIDER_ERROR;
    case 408:
    case 504:
      return ErrorCode.TIMEOUT;
    case 413:
      return ErrorCode.CONTEXT_LENGTH_EXCEEDED;
    case 429:
      return ErrorCode.RATE_LIMITED;
    case 503:
    case 529:
      return ErrorCode.OVERLOADED;
    default:
      if (status >= 500) return byName(facts) === ErrorCode.OVERLOADED ? ErrorCode.OVERLOADED : ErrorCode.PROVIDER_ERROR;
      return status >= 400 ? ErrorCode.INVALID_REQUEST : ErrorCode.PROVIDER_ERROR;
  }
}

function byName(facts: ErrorFacts): ErrorCode | undefined {
  return BY_NAME.find(([pattern]) => facts.names.some((name) => pattern.test(name)))?.[1];
}
