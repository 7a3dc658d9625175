import type { RequestEntry } from "../requests/request-log.ts";

/** A request as the control API shows it. */
export interface ReceivedRequest extends Omit<RequestEntry, "body" | "bodyBytes"> {
  /** The parsed body, or its beginning as text where it is longer than what is kept or no JSON; only if recorded. */
  readonly body?: unknown;
  readonly bodyBytes: number;
}

export function toReceivedRequest(entry: RequestEntry): ReceivedRequest {
  const { body, ...rest } = entry;
  return body === undefined ? rest : { ...rest, body: parseOrText(body.toString("utf8")) };
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
