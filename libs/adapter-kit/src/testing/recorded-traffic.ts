import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Recorded real traffic lies beside the repository, where it is there at all. */
const FOLDER = new URL("../../../../../shared/data/wire/", import.meta.url);

/** A recorded answer. */
export interface RecordedAnswer {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly streamed: boolean;
  /** Address it came from. Empty: not recorded. */
  readonly url: string;
}

/** Whether recorded traffic is there. */
export const hasRecordedTraffic = existsSync(FOLDER);

/** Recorded exchanges and bodies of a provider. Empty where there are none. */
export function recordedAnswers(provider: string): RecordedAnswer[] {
  return [...read(`${provider}.jsonl`).map(fromExchange), ...read(`bodies/${provider}.jsonl`).map(fromBody)];
}

/** Every recorded answer of whatever provider whose status is not 2xx, with its headers, and the errors that users told of. */
export function recordedRejections(): Omit<RecordedAnswer, "streamed" | "url">[] {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith(".jsonl")) : [];
  return files.flatMap((file) => read(file).flatMap((record, index) => toRejection(record, `${file}:${index + 1}`)));
}

function toRejection(record: Record<string, any>, name: string): Omit<RecordedAnswer, "streamed" | "url">[] {
  if (record["response"] === undefined) {
    const body = record["body"] ?? JSON.stringify({ error: { message: record["body_message"] } });
    return typeof record["status"] === "number" ? [{ name, status: record["status"], headers: {}, body }] : [];
  }
  const { status, headers, body } = record["response"];
  if (status >= 200 && status < 300) return [];
  const lowered = Object.entries(headers as object).map(([header, value]) => [header.toLowerCase(), String(value)]);
  return [{ name, status, headers: Object.fromEntries(lowered), body: String(body) }];
}

function read(file: string): Record<string, any>[] {
  const location = new URL(file, FOLDER);
  if (!existsSync(location)) return [];
  const lines = readFileSync(location, "utf8").split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => JSON.parse(line) as Record<string, any>);
}

function fromExchange(record: Record<string, any>): RecordedAnswer {
  const type = String(record["response"].headers["content-type"] ?? "");
  return {
    name: String(record["id"]),
    status: record["response"].status,
    headers: { "content-type": type },
    body: record["response"].body,
    streamed: type.startsWith("text/event-stream"),
    url: record["request"].url,
  };
}

function fromBody(record: Record<string, any>): RecordedAnswer {
  const streamed = record["body_kind"] !== "json";
  const lines = String(record["body"]).split("\n").filter((line) => line.trim() !== "");
  const body = record["body_kind"] === "sse_data_lines" ? lines.map((line) => `data: ${line}\n\n`).join("") : record["body"];
  const headers = { "content-type": streamed ? "text/event-stream" : "application/json" };
  return { name: String(record["id"]), status: 200, headers, body, streamed, url: "" };
}
