/** What is said of an answer where its provider says nothing. */
export interface AnswerFacts {
  /** Unique name without a prefix, for example the id of the request. */
  readonly id: string;
  /** Model, as the provider names it. */
  readonly model: string;
}

const PREFIX = "msg_";

/** The id of a message, from the provider's or the given one. */
export function toMessageId(said: string, facts: AnswerFacts): string {
  const id = said === "" ? facts.id : said;
  return id.startsWith(PREFIX) ? id : PREFIX + id;
}
