/** What a client was told, in its own words made comparable. */
export interface Said {
  readonly text: string;
  /** The client's own word for the end. */
  readonly finish: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A tool as tests offer it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of an object. */
  readonly parameters: { readonly type: "object"; readonly properties: Record<string, object>; readonly required: string[]; readonly additionalProperties: false };
}

/** What came of a conversation with tools. */
export interface Conversed {
  /** Calls by turn of the model, in order. */
  readonly turns: readonly (readonly { readonly name: string; readonly input: unknown }[])[];
  /** The model's text after each text of the user. */
  readonly texts: readonly string[];
}

/** How a client tells a failure. */
export interface Failed {
  readonly status: number | undefined;
  readonly message: string;
  /** Seconds to wait, as the client sees the answer's headers. */
  readonly retryAfter: string | undefined;
}

/** One client library, driven the way its documentation shows. */
export interface ClientDriver {
  readonly name: string;
  /** True where the prompt's tokens are taken from a stream's first event, which most providers cannot know yet. */
  readonly countsPromptFirst?: boolean;
  text(model: string, question: string): Promise<Said>;
  /** @returns also how many pieces of text came */
  stream(model: string, question: string): Promise<Said & { readonly pieces: number }>;
  /** Asks one text after the other in one conversation and runs the tools that are called, until the model says something. */
  converse(model: string, questions: readonly string[], tools: readonly OfferedTool[], run: (name: string) => string): Promise<Conversed>;
  /** An object that follows the schema, as the client parsed it. */
  structured(model: string, question: string, schema: OfferedTool["parameters"]): Promise<unknown>;
  /** @param png base64 */
  image(model: string, question: string, png: string): Promise<Said>;
  /** Starts a stream and gives it up after the first piece; resolves with whether the client took that for an end. */
  abort(model: string, question: string): Promise<"aborted" | "ended">;
  /** Asks for what fails. */
  fail(model: string, question: string): Promise<Failed>;
  /** Asks in strict mode for what only the client's own dialect has, of a provider of another. Undefined: the client cannot. */
  askStrictly?(question: string): Promise<{ readonly failed: Failed; readonly field: string }>;
  /** Undefined: the client makes none. */
  embed?(model: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}
