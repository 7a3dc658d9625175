/** What was asked. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What was answered. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An exchange with a provider, or an answer alone. */
export interface Recording {
  readonly id: string;
  /** Provider as the file names it. */
  readonly provider: string;
  /** Name of the API as the file gives it. Empty: none. */
  readonly api: string;
  /** Model that was asked or that answered. Empty: not told. */
  readonly model: string;
  readonly tags: readonly string[];
  /** Name under which a source keeps the whole and the streamed form of one answer. */
  readonly pair: string;
  /** Undefined: only the answer was recorded. */
  readonly request: RecordedRequest | undefined;
  readonly response: RecordedResponse;
  /** `exchange`: both sides; `body`: an answer; `error`: an error as somebody reported it. */
  readonly form: "exchange" | "body" | "error";
}
