import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import type { Fields } from "../own-fields.ts";
import { PREFIX, toAnswerId, writeKeptAnswerId } from "./answer-id.ts";
import { createItemIds, type ItemIds } from "./item-id.ts";
import type { ResponsesBody } from "./responses-body.ts";

/** How the parts of one answer are named and sealed. */
export interface AnswerNames {
  readonly id: string;
  /** True when its provider keeps it, so that a caller can go on from it. */
  readonly kept: boolean;
  readonly items: ItemIds;
  /** True when encrypted reasoning goes along: it is asked for, or nobody else has it. */
  readonly sealed: boolean;
}

const ENCRYPTED = "reasoning.encrypted_content";

/**
 * Names an answer.
 *
 * @param said   id that the provider gave
 * @param facts  name of the request, which is unique
 * @param fields of the answer in the dialect, as far as they are known
 */
export function nameAnswer(
  said: string,
  facts: { readonly id: string },
  body: ResponsesBody,
  fields: Fields,
  report: RouteReport | undefined,
): AnswerNames {
  const provider = report?.provider ?? "";
  const kept = provider !== "" && isKept(said, body, fields);
  return {
    id: kept ? writeKeptAnswerId({ provider, deployment: report?.deployment ?? "", id: said }) : toAnswerId(said, facts),
    kept,
    items: createItemIds(facts.id, !kept && body.store !== false),
    sealed: !kept || (body.include ?? []).includes(ENCRYPTED),
  };
}

/** A stream tells its fields at its end, but the API by which it came shows in its id, and that does as it is asked. */
function isKept(said: string, body: ResponsesBody, { store }: Fields): boolean {
  return said !== "" && (store ?? (body.store === true && said.startsWith(PREFIX))) === true;
}
