/** Dialect of chat completions. */
export const CHAT_DIALECT = "openai.chat";

/** Dialect of the Responses API. */
export const RESPONSES_DIALECT = "openai.responses";
