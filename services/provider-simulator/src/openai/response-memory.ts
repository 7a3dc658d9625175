import { RecentMap } from "../answer/recent-map.ts";

/** What a later response needs of the one it continues. */
export interface RememberedResponse {
  readonly hash: number;
  readonly tokens: number;
  /** Calls that wait for the results of tools. */
  readonly openCalls: readonly string[];
}

const KEPT_RESPONSES = 4_096;

/** The newest stored responses, by id, for `previous_response_id`. One that a deployment made is not known to others. */
export class ResponseMemory {
  readonly #responses = new RecentMap<string, RememberedResponse>(KEPT_RESPONSES);

  find(id: string, deployment: string): RememberedResponse | undefined {
    return this.#responses.get(placed(id, deployment));
  }

  keep(id: string, deployment: string, response: RememberedResponse): void {
    this.#responses.set(placed(id, deployment), response);
  }
}

function placed(id: string, deployment: string): string {
  return `${deployment}\n${id}`;
}
