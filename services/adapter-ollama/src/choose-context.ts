/** Sizes of the context that are asked for. A server loads the model anew when the size changes, so they are few. */
const STEPS = [8_192, 32_768, 131_072, 524_288];

/** Tokens for an answer where the request sets no bound. */
const USUAL_ANSWER = 2_048;

/** Tokens that a prompt may have beyond the estimate: a share of it, and what the server's template adds. */
const SPARE_SHARE = 0.25;
const TEMPLATE_TOKENS = 256;
/** Tokens that a picture is taken for. */
const IMAGE_TOKENS = 1_600;

/** What decides how much context a request needs. */
export interface ContextNeed {
  /** Tokens of the prompt's text, roughly. */
  readonly promptTokens: number;
  readonly images: number;
  /** Bound of the answer. Undefined: the request sets none. */
  readonly maxOutputTokens: number | undefined;
  /** Tokens of context that the model takes at most. Undefined: not known. */
  readonly window: number | undefined;
  /** Tokens of context that the server gives the model by itself. Undefined: not known. */
  readonly given: number | undefined;
}

/** How much context is asked for. */
export interface ContextChoice {
  /** Undefined: what the server gives is enough. */
  readonly numCtx: number | undefined;
  /** Tokens that the window leaves for the answer, where these are fewer than the request asks for. */
  readonly answerTokens: number | undefined;
}

/**
 * Chooses the context so that the prompt and its answer fit. A server cuts the beginning of a prompt that does not, and
 * by itself gives little: 2,048 or 4,096 tokens on most machines.
 */
export function chooseContext(need: ContextNeed): ContextChoice {
  const prompt = Math.ceil(need.promptTokens * (1 + SPARE_SHARE)) + need.images * IMAGE_TOKENS + TEMPLATE_TOKENS;
  const wanted = prompt + (need.maxOutputTokens ?? USUAL_ANSWER);
  const window = need.window ?? Infinity;
  const room = Math.max(1, window - prompt);
  const answerTokens = need.maxOutputTokens !== undefined && need.maxOutputTokens > room ? room : undefined;
  if (need.given !== undefined && Math.min(wanted, window) <= need.given) return { numCtx: undefined, answerTokens };
  const step = STEPS.find((size) => size >= wanted) ?? wanted;
  return { numCtx: Math.min(step, window), answerTokens };
}
