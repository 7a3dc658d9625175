/** Dialect of fields and blocks that only OpenAI's Responses API knows. */
export const OPENAI_RESPONSES = "openai.responses";

/** Provider whose encrypted reasoning stays as it is. */
export const HOME = "openai";

/** Begins the seal of reasoning that its provider hid, for which the Responses API has no word. */
export const REDACTED = "redacted:";

/** Begins the names of fields that belong to the message item around a part, such as `message.phase`. */
export const MESSAGE_FIELD = "message.";

/** Begins the names of fields of a stream that belong to the answer as a whole, such as `response.service_tier`. */
export const ANSWER_FIELD = "response.";

/** Begins the names of fields of a stream that belong to the part that was built last, such as `part.annotations`. */
export const PART_FIELD = "part.";
