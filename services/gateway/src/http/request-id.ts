import type { IncomingHttpHeaders } from "node:http";

/** Where clients of each dialect look for the name of a request; those of the native one find it in the answer. */
export const REQUEST_ID_HEADERS = { openai: "x-request-id", anthropic: "request-id", native: undefined } as const;

const NAME = /^[a-zA-Z0-9_.:-]{1,128}$/;

/** The name of a request: the caller's own, or a new one where it gave none that is valid. */
export function nameRequest(headers: IncomingHttpHeaders, newId: () => string): string {
  const given = headers["x-fairlead-request-id"];
  return typeof given === "string" && NAME.test(given) ? given : newId();
}
