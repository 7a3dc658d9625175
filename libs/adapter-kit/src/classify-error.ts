import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { ErrorFacts } from "./error-facts.ts";

/** What an error means whatever its status. Words stand where a vendor has no name for it. */
interface Meaning {
  readonly code: ErrorCode;
  readonly names?: RegExp;
  readonly words?: RegExp;
  readonly status?: number;
}

/** The first that fits counts. */
const MEANINGS: readonly Meaning[] = [
  // Amazon's words for a limit of the rate are those of others for a prompt that is too long.
  { code: ErrorCode.RATE_LIMITED, names: /^Throttling(Exception)?$/, words: /too many (tokens|requests)( per \w+)?, please wait/i },
  {
    code: ErrorCode.PROVIDER_QUOTA_EXHAUSTED,
    names: /insufficient_(quota|credit|balance)|billing|credit_balance|exceeded_current_quota|^payment_required$/i,
    words:
      /credit balance is too low|insufficient (balance|credit|funds)|used all available credits|monthly spending limit|api usage limits|included credits|out of call volume quota|api calls ?\/ ?month/i,
    status: 402,
  },
  {
    code: ErrorCode.CONTEXT_LENGTH_EXCEEDED,
    names: /context_(length|size)|too_many_(prompt_)?tokens|string_above_max_length|request_too_large|tokens_limit_reached/i,
    words:
      /(prompt|input) is too long|too many tokens|maximum (context|prompt) length|context (length|window|limit|size)|(input token count|prompt).{0,80}exceeds (the )?max|request too large|tokens \+ .?max_(new_)?tokens.? must be/i,
  },
  {
    code: ErrorCode.CONTENT_REFUSED,
    names: /content_policy|content_filter|responsibleaipolicy|^PROHIBITED_CONTENT$|^invalid_prompt$|moderation|safety_violation/i,
    words: /violates? usage guidelines|unsafe or sensitive content|^blocked (input|output)/i,
  },
  { code: ErrorCode.MODEL_NOT_FOUND, names: /^(invalid_model|unknown_model|model_not_found|model_not_available|model_decommissioned|DeploymentNotFound)$/ },
  // The model wrote a call of a tool, or JSON, that the provider could not read; another attempt or model may do better.
  { code: ErrorCode.MALFORMED_ANSWER, names: /^(tool_use_failed|json_validate_failed|output_parse_failed)$/ },
  {
    code: ErrorCode.PROVIDER_AUTHENTICATION,
    names:
      /^(API_KEY_INVALID|API_KEY_EXPIRED|(invalid|wrong|expired)_api_key|authentication_error|UNAUTHENTICATED|PERMISSION_DENIED|permission_error|permission_denied|organization_restricted|account_deactivated|unsupported_country_region_territory|(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature)(Exception)?)$/,
    words: /api key (not valid|expired)|(invalid|incorrect|wrong) api (key|token)|organization has been disabled|user location is not supported/i,
  },
];

/** What a name means where the status does not say it: inside a stream, or beside a status of 200. */
const BY_NAME: readonly (readonly [RegExp, ErrorCode])[] = [
  [/overloaded|capacity_exceeded|^UNAVAILABLE$|^(ServiceUnavailable|ModelNotReady)(Exception)?$/i, ErrorCode.OVERLOADED],
  [/rate_?limit|^RESOURCE_EXHAUSTED$|too_many_requests|requests$|^tokens$|^ServiceQuotaExceeded(Exception)?$/i, ErrorCode.RATE_LIMITED],
  [/timeout|^DEADLINE_EXCEEDED$/i, ErrorCode.TIMEOUT],
  [/model_not_found|^(NOT_FOUND|not_found_error)$/, ErrorCode.MODEL_NOT_FOUND],
  [/invalid_request|^INVALID_ARGUMENT$|invalid_value|unsupported|not_found/i, ErrorCode.INVALID_REQUEST],
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
  const fits = (meaning: Meaning) =>
    (meaning.status !== undefined && meaning.status === (status ?? facts.status)) ||
    facts.names.some((name) => meaning.names?.test(name) === true) ||
    meaning.words?.test(facts.message) === true;
  return MEANINGS.find(fits)?.code;
}

function byStatus(status: number | undefined, facts: ErrorFacts): ErrorCode | undefined {
  switch (status) {
    case undefined:
      return undefined;
    case 401:
    case 403:
      return ErrorCode.PROVIDER_AUTHENTICATION;
    case 404:
      return notFound(facts);
    case 408:
    case 504:
      return ErrorCode.TIMEOUT;
    case 413:
      return ErrorCode.CONTEXT_LENGTH_EXCEEDED;
    case 424:
    case 499:
      return ErrorCode.PROVIDER_ERROR;
    case 429:
      return ErrorCode.RATE_LIMITED;
    case 498:
    case 503:
    case 529:
      return ErrorCode.OVERLOADED;
    default:
      return byRange(status, facts);
  }
}

/** A page of some proxy at a wrong address says nothing about the model, and an answer before is no model. */
function notFound(facts: ErrorFacts): ErrorCode {
  if (!facts.recognised) return ErrorCode.PROVIDER_ERROR;
  return facts.names.includes("previous_response_not_found") ? ErrorCode.INVALID_REQUEST : ErrorCode.MODEL_NOT_FOUND;
}

function byRange(status: number, facts: ErrorFacts): ErrorCode {
  const named = byName(facts);
  // Some tell what may pass with 400, and overload with 500.
  if (named === ErrorCode.OVERLOADED || named === ErrorCode.RATE_LIMITED) return named;
  if (status >= 500) return ErrorCode.PROVIDER_ERROR;
  return status >= 400 ? ErrorCode.INVALID_REQUEST : ErrorCode.PROVIDER_ERROR;
}

function byName(facts: ErrorFacts): ErrorCode | undefined {
  return BY_NAME.find(([pattern]) => facts.names.some((name) => pattern.test(name)))?.[1];
}
