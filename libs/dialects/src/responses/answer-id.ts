import type { KeptAnswer } from "@fairlead/contracts/chat/v1/chat_request";
import { z } from "zod";
import { readOpaqueJson, writeOpaqueJson } from "./opaque-json.ts";

/** Begins the ids of the Responses API. */
export const PREFIX = "resp_";
/** Tells the id of an answer that a provider keeps from every other. */
const KEPT = `${PREFIX}fairlead1_`;
/** Characters of an id at most: twice the bounds of what is in it. */
export const MAX_ANSWER_ID = 2_048;

/** The bounds of the contract: anybody can write an id. */
const keptSchema = z.tuple([
  z.string().min(1).max(64).regex(/^[a-z0-9][a-z0-9_.-]*$/),
  z.string().max(128),
  z.string().min(1).max(512).regex(/^[\x21-\x7e]+$/),
]);

/** The id of an answer that nobody keeps. */
export function toAnswerId(said: string, facts: { readonly id: string }): string {
  const id = said === "" ? facts.id : said;
  return id.startsWith(PREFIX) ? id : PREFIX + id;
}

/** The id of an answer that a provider keeps. It holds all that it takes to go on from the answer, so nothing is kept here. */
export function writeKeptAnswerId({ provider, deployment, id }: Omit<KeptAnswer, "$typeName">): string {
  return KEPT + writeOpaqueJson([provider, deployment, id]);
}

/** Reads the id of an answer that a provider keeps; undefined for any other id, and for one that was made up. */
export function readKeptAnswerId(answerId: string): KeptAnswer | undefined {
  if (!answerId.startsWith(KEPT) || answerId.length > MAX_ANSWER_ID) return undefined;
  const held = keptSchema.safeParse(readOpaqueJson(answerId.slice(KEPT.length)));
  if (!held.success) return undefined;
  const [provider, deployment, id] = held.data;
  return { $typeName: "fairlead.chat.v1.KeptAnswer", provider, deployment, id };
}
