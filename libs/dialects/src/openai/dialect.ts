/** Dialect of fields and blocks that only OpenAI's chat completions know. */
export const OPENAI_CHAT = "openai.chat";

/** Begins the names of a choice's fields that belong to its message, such as `message.annotations`. */
export const MESSAGE_FIELD = "message.";

/** Begins the names of fields of a stream that belong to the delta of a choice, such as `delta.annotations`. */
export const DELTA_FIELD = "delta.";

/** Begins the names of fields of a stream that belong to all its chunks, such as `chunk.system_fingerprint`. */
export const CHUNK_FIELD = "chunk.";
