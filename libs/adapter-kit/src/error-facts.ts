import { asList, asObject, asText, isObject, type JsonObject, parseJson } from "./json.ts";

/** What a vendor's error says, whatever its shape. The message is for matching only: it may hold keys or content. */
export interface ErrorFacts {
  /** Names given to the error, most general first: type, code, status and reasons. */
  readonly names: readonly string[];
  readonly message: string;
  /** Status written inside the body. Undefined: none. */
  readonly status: number | undefined;
  /** A wait such as "34.07s". Empty: none. */
  readonly retryDelay: string;
  /** Headers of another server that are told in the body, with names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** False when the body was no error of a vendor, such as a proxy's page. */
  readonly recognised: boolean;
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/**
 * Reads the error bodies of the known vendors: `{error: {...}}`, the same in an array (Google), `{error: "text"}` (Ollama,
 * Hugging Face; xAI with `code` beside it), `{detail: ...}` and `{message: {detail: ...}}` (Mistral), `{type: "error", error:
 * {...}}` (Anthropic), `{error: {metadata: {raw}}}` (OpenRouter, which repeats another's error), `{error: {innererror}}` and
 * `{statusCode, message}` (Azure), `{__type, message}` (Amazon) and a bare `{message, type, code}` (Cohere, Cerebras).
 */
export function readErrorBody(body: string): ErrorFacts {
  return readError(parseJson(body));
}

/** The same for a body that is parsed already. */
export function readError(parsed: unknown): ErrorFacts {
  const outer = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  const inner = isObject(outer["error"]) ? outer["error"] : outer;
  const metadata = asObject(inner["metadata"]);
  const repeated = readRepeated(metadata["raw"]);
  const details = asList(inner["details"]).map(asObject);
  const message = [textOf(inner["message"]) || textOf(outer["error"]) || textOf(outer["message"]) || textOf(outer["detail"]), repeated?.message ?? ""];
  const names = [...namesOf(outer, inner, metadata, details), ...(repeated?.names ?? [])];
  return {
    names,
    message: message.filter((text) => text !== "").join("\n"),
    status: statusOf(inner) ?? statusOf(outer),
    retryDelay: delayOf(outer, inner, details),
    headers: headersOf(metadata["headers"]),
    recognised: names.length > 0 || message[0] !== "",
  };
}

/** What another provider said, as text or as an object. */
function readRepeated(raw: unknown): Pick<ErrorFacts, "names" | "message"> | undefined {
  const parsed = typeof raw === "string" ? parseJson(raw) : raw;
  const found = Array.isArray(parsed) ? parsed[0] : parsed;
  // Nobody repeats what repeats another, and a hostile body must not make this go on and on.
  if (isObject(found)) return readError({ ...found, error: isObject(found["error"]) ? { ...found["error"], metadata: undefined } : found["error"], metadata: undefined });
  return typeof raw === "string" ? { names: [], message: raw } : undefined;
}

/** The words of an error: text, a list of them or of `{msg}`, or an object that holds either. */
function textOf(value: unknown, levels = 3): string {
  if (typeof value === "string") return value;
  if (levels === 0) return "";
  if (Array.isArray(value)) return textOf(value[0], levels - 1);
  const object = asObject(value);
  return textOf(object["msg"] ?? object["message"] ?? object["detail"], levels - 1);
}

function namesOf(outer: JsonObject, inner: JsonObject, metadata: JsonObject, details: readonly JsonObject[]): string[] {
  const reasons = details.map((detail) => detail["reason"]);
  const amazon = asText(outer["__type"]).split("#").at(-1);
  const cause = asObject(inner["innererror"])["code"];
  const moderated = metadata["flagged_input"] === undefined ? "" : "moderation";
  const given = [inner["type"], inner["status"], inner["code"], outer["code"], outer["error_type"], amazon, cause, ...reasons, moderated];
  return given.filter((name): name is string => typeof name === "string" && name !== "" && name !== "error");
}

function statusOf(object: JsonObject): number | undefined {
  for (const key of ["code", "status", "status_code", "statusCode", "raw_status_code", "http_status_code"]) {
    const value = object[key];
    const status = typeof value === "number" ? value : typeof value === "string" ? Number(value) : Number.NaN;
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return undefined;
}

function delayOf(outer: JsonObject, inner: JsonObject, details: readonly JsonObject[]): string {
  const told = details.map((detail) => asText(detail["retryDelay"])).find((delay) => delay !== "");
  if (told !== undefined) return told;
  // Hugging Face tells how long a model takes to load.
  const seconds = [inner["retry_after"], outer["retry_after"], outer["estimated_time"]].find((value) => typeof value === "number");
  return seconds === undefined ? "" : `${seconds}s`;
}

function headersOf(told: unknown): ReadonlyMap<string, string> {
  if (!isObject(told)) return NO_HEADERS;
  return new Map(Object.entries(told).slice(0, 64).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
