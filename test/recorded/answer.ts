/** What an answer says, in no provider's words. */
export interface Answer {
  readonly choices: readonly AnswerChoice[];
  /** Undefined: none was told. */
  readonly usage: AnswerUsage | undefined;
  /** An error that stands in the place of an answer, or breaks it off: its words, as far as they tell what it is. */
  readonly error: string | undefined;
}

/** One answer. */
export interface AnswerChoice {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly AnswerCall[];
  /** stop, length, tool_calls, content_filter, pause, stop_sequence; another word where the provider's is not known. Empty: none. */
  readonly finish: string;
  /** Signatures and encrypted state of reasoning and calls, in order. */
  readonly state: readonly string[];
  /** Blocks that one dialect alone has, as they are written there. */
  readonly foreign: readonly unknown[];
}

/** A call of a tool. */
export interface AnswerCall {
  /** Empty: the provider gives none. */
  readonly id: string;
  readonly name: string;
  /** As JSON; text where it is none. */
  readonly arguments: unknown;
}

/** Tokens as totals, whatever a provider counts into what. */
export interface AnswerUsage {
  /** All of the prompt. */
  readonly prompt: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** All of the answer, with reasoning. */
  readonly completion: number;
  readonly reasoning: number;
  /** Other totals that are as right, where a provider tells two. */
  readonly alternative?: { readonly prompt: number; readonly completion: number };
}

/** A choice that is gathered piece by piece. */
export interface Gathering {
  text: string;
  reasoning: string;
  refusal: string;
  finish: string;
  readonly calls: { id: string; name: string; json: string; value?: unknown }[];
  readonly state: string[];
  readonly foreign: unknown[];
}

export function gather(): Gathering {
  return { text: "", reasoning: "", refusal: "", finish: "", calls: [], state: [], foreign: [] };
}

/** Adds state where there is any. */
export function addState(choice: Gathering, state: unknown): void {
  if (typeof state === "string" && state !== "") choice.state.push(state);
}

/** What was gathered. */
export function gathered(choice: Gathering): AnswerChoice {
  return {
    ...choice,
    calls: choice.calls.map(({ id, name, json, value }) => ({ id, name, arguments: value ?? argumentsOf(json) })),
  };
}

/** Arguments as JSON; none at all are an empty object, and so is `null`. */
export function argumentsOf(json: string): unknown {
  if (json.trim() === "") return {};
  try {
    return (JSON.parse(json) as unknown) ?? {};
  } catch {
    return json;
  }
}

export const EMPTY_ANSWER: Answer = { choices: [], usage: undefined, error: undefined };
