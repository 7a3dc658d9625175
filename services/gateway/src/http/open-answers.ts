import type { ServerResponse } from "node:http";
import type { FairleadError } from "@fairlead/rpc/fairlead-error";

/** The answers that are under way at the edge. */
export class OpenAnswers {
  readonly #open = new Map<ServerResponse, AbortController>();
  #leaving = false;

  /** @param ends aborts what the answer is made from */
  add(response: ServerResponse, ends: AbortController): void {
    this.#open.set(response, ends);
    response.once("close", () => this.#open.delete(response));
    if (this.#leaving) askToLeave(response);
  }

  /** From now on callers are asked to come by other connections, which lead to other replicas. */
  leave(): void {
    this.#leaving = true;
    for (const response of this.#open.keys()) askToLeave(response);
  }

  /** Ends all of them with an error that says why. */
  cut(error: FairleadError): void {
    for (const ends of this.#open.values()) ends.abort(error);
  }
}

function askToLeave(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
