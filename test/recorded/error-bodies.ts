/** An error of which only the message was reported, as OpenAI writes it with the status. */
export function openAiErrorBody(status: number | null, message: string): string {
  const limited = status === 429;
  const error = {
    message,
    type: limited ? "tokens" : "invalid_request_error",
    param: null,
    code: limited ? "rate_limit_exceeded" : null,
  };
  return JSON.stringify({ error });
}

const ANTHROPIC_TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [529, "overloaded_error"],
]);

/** The same as Anthropic writes it. */
export function anthropicErrorBody(status: number | null, message: string): string {
  return JSON.stringify({
    type: "error",
    error: { type: ANTHROPIC_TYPES.get(status ?? 500) ?? "invalid_request_error", message },
  });
}
