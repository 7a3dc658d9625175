import { asList, asObject, asText, isObject, type JsonObject, parseJson } from "./json.ts";

/** What a vendor's error says, whatever its shape. The message is for matching only: it may hold keys or content. */
export interface ErrorFacts {
  /** Names given to the error, most general first: type, code, status and reasons. */
  readonly names: readonly string[];
  readonly message: string;
  /** Status written inside the body. Undefined: none. */
  readonly status: number | undefined;
  /** A wait in Google's form, such as "34.07s". Empty: none. */
  readonly retryDelay: string;
  /** False when the body was no error of a vendor, such as a proxy's page. */
  readonly recognised: boolean;
}

/**
 * Reads the error bodies of the known vendors: `{error: {...}}`, the same in an array (Google), `{error: "text"}` (xAI),
 * `{detail: ...}` (Mistral), `{type: "error", error: {...}}` (Anthropic) and a bare `{message, type, code}`.
 */
export function readErrorBody(body: string): ErrorFacts {
  return readError(parseJson(body));
}

/** The same for a body that is parsed already. */
export function readError(parsed: unknown): ErrorFacts {
  const outer = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  const inner = isObject(outer["error"]) ? outer["error"] : outer;
  const message = messageOf(outer, inner);
  const details = asList(inner["details"]).map(asObject);
  const names = namesOf(outer, inner, details);
  return {
    names,
    message,
    status: statusOf(inner),
    retryDelay: details.map((detail) => asText(detail["retryDelay"])).find((delay) => delay !== "") ?? "",
    recognised: names.length > 0 || message !== "",
  };
}

function messageOf(outer: JsonObject, inner: JsonObject): string {
  const detail = outer["detail"];
  for (const value of [inner["message"], outer["error"], outer["message"], detail, asObject(detail)["message"]]) {
    if (typeof value === "string") return value;
  }
  return asText(asObject(asList(detail)[0])["msg"]);
}

function namesOf(outer: JsonObject, inner: JsonObject, details: readonly JsonObject[]): string[] {
  const reasons = details.map((detail) => detail["reason"]);
  const candidates = [inner["type"], inner["status"], inner["code"], outer["code"], ...reasons];
  return candidates.filter((name): name is string => typeof name === "string" && name !== "" && name !== "error");
}

function statusOf(inner: JsonObject): number | undefined {
  for (const value of [inner["code"], inner["status"], inner["status_code"]]) {
    const status = typeof value === "number" ? value : typeof value === "string" ? Number(value) : Number.NaN;
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return undefined;
}
