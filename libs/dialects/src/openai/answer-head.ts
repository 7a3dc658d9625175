/** What is said of an answer where its provider says nothing. */
export interface AnswerFacts {
  /** Unique name without a prefix, for example the id of the request. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Model, as the provider names it. */
  readonly model: string;
}

/** What every object of a chat completion begins with. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

const PREFIX = "chatcmpl-";

/** Who answered and when, from what the provider said, filled up with the facts given. */
export function toAnswerHead(
  said: { id: string; model: string; createdUnixSeconds: bigint },
  facts: AnswerFacts,
): AnswerHead {
  const id = said.id === "" ? facts.id : said.id;
  return {
    id: id.startsWith(PREFIX) ? id : PREFIX + id,
    created: said.createdUnixSeconds === 0n ? facts.created : Number(said.createdUnixSeconds),
    model: said.model === "" ? facts.model : said.model,
  };
}
