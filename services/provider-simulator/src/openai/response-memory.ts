import { RecentMap } from "../answer/recent-map.ts";

/** What a later response needs of the one it continues. */
export interface RememberedResponse {
  readonly hash: number;
  readonly tokens: number;
}

const KEPT_RESPONSES = 4_096;

/** The newest stored responses, by id, for `previous_response_id`. */
export class ResponseMemory {
  readonly #responses = new RecentMap<string, RememberedResponse>(KEPT_RESPONSES);

  find(id: string): RememberedResponse | undefined {
    return this.#responses.get(id);
  }

  keep(id: string, response: RememberedResponse): void {
    this.#responses.set(id, response);
  }
}
