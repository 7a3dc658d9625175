import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { anthropicErrorBody, openAiErrorBody } from "./error-bodies.ts";
import type { Recording } from "./recording.ts";

/** A folder or file that cannot be used. Its message names file, line and what is wrong. */
export class FolderError extends Error {}

const headers = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())]).transform((value) => String(value)),
);
const status = z.int().min(100).max(599);

const exchange = z.looseObject({
  id: z.string().min(1),
  provider: z.string().min(1),
  api: z.string().default(""),
  model: z
    .string()
    .nullish()
    .transform((model) => model ?? ""),
  tags: z.array(z.string()).default([]),
  source: z.unknown().optional(),
  request: z.looseObject({ method: z.string(), url: z.string(), headers: headers.default({}), body: z.unknown().optional() }),
  response: z.looseObject({ status, headers: headers.default({}), body: z.string() }),
});

const bodyOnly = z.looseObject({
  id: z.string().min(1),
  provider: z.string().min(1),
  source: z.unknown().optional(),
  body_kind: z.enum(["json", "sse", "sse_data_lines"]),
  body: z.string(),
});

const errorBody = z
  .looseObject({
    provider: z.string().min(1),
    status: status.nullable(),
    body: z.string().optional(),
    body_message: z.string().optional(),
    kind: z.string().default(""),
  })
  .refine((error) => (error.body ?? error.body_message) !== undefined, "has neither body nor body_message");

/**
 * Reads a folder of recordings: `*.jsonl` with exchanges, `bodies/*.jsonl` with answers alone, `error-bodies.jsonl`.
 *
 * @throws FolderError that names the file and the line
 */
export function readFolder(folder: string): Recording[] {
  const files = namesIn(folder);
  if (files.length === 0) throw new FolderError(`${folder}: there are no *.jsonl files`);
  const bodies = files.includes("bodies") ? namesIn(join(folder, "bodies")) : [];
  return [
    ...files
      .filter((name) => name.endsWith(".jsonl"))
      .flatMap((name) => readLines(join(folder, name), name === "error-bodies.jsonl" ? fromErrorBody : fromExchange)),
    ...bodies.filter((name) => name.endsWith(".jsonl")).flatMap((name) => readLines(join(folder, "bodies", name), fromBody)),
  ];
}

function namesIn(folder: string): string[] {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) throw new FolderError(`${folder}: there is no such folder`);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl") || name === "bodies")
    .sort();
}

type Place = { readonly file: string; readonly line: number };

function readLines(file: string, read: (line: unknown, place: Place) => Recording[]): Recording[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "") return [];
      const place = { file, line: index + 1 };
      let json: unknown;
      try {
        json = JSON.parse(line);
      } catch {
        throw new FolderError(`${file}:${place.line}: is not JSON`);
      }
      return read(json, place);
    });
}

function checked<S extends z.ZodType>(schema: S, json: unknown, { file, line }: Place): z.infer<S> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new FolderError(`${file}:${line}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "cannot be read"}`);
}

function fromExchange(json: unknown, place: Place): Recording[] {
  const { id, provider, api, model, tags, source, request, response } = checked(exchange, json, place);
  return [
    {
      id,
      provider,
      api,
      model,
      tags,
      pair: pairName(provider, source),
      request: { method: request.method, url: request.url, headers: request.headers, body: request.body },
      response: { status: response.status, headers: response.headers, body: response.body },
      form: "exchange",
    },
  ];
}

function fromBody(json: unknown, place: Place): Recording[] {
  const { id, provider, source, body_kind: kind, body } = checked(bodyOnly, json, place);
  const type = kind === "json" ? "application/json" : "text/event-stream";
  const played = kind === "sse_data_lines" ? toEvents(body) : body;
  const response = { status: 200, headers: { "content-type": type }, body: played };
  return [
    { id, provider, api: "", model: "", tags: [], pair: pairName(provider, source), request: undefined, response, form: "body" },
  ];
}

/** One `data:` line an event, as the provider sent them; the closing one of chat completions is no JSON and was left out. */
function toEvents(lines: string): string {
  const data = lines.split("\n").filter((line) => line.trim() !== "");
  if (/"chat\.completion\.chunk"/.test(lines) && data.at(-1) !== "[DONE]") data.push("[DONE]");
  return data.map((line) => `data: ${line}\n\n`).join("");
}

/** Without a status it came inside of an answer: in place of a whole one, and as an event of a stream. */
function fromErrorBody(json: unknown, place: Place): Recording[] {
  const { provider, status, body, body_message: message = "", kind } = checked(errorBody, json, place);
  const asOpenAi = provider !== "anthropic" || /openai-compatible/i.test(kind);
  const told = body ?? (asOpenAi ? openAiErrorBody(status, message) : anthropicErrorBody(status, message));
  const id = `${basename(place.file, ".jsonl")}:${place.line}`;
  const known = {
    provider: provider === "anthropic" && asOpenAi ? "anthropic-openai" : provider,
    api: "",
    model: "",
    tags: [],
    pair: "",
    request: undefined,
    form: "error",
  } as const;
  const whole: Recording = {
    ...known,
    id,
    response: { status: status ?? 200, headers: { "content-type": "application/json" }, body: told },
  };
  if (status !== null) return [whole];
  const event = asOpenAi ? `data: ${told}\n\n` : `event: error\ndata: ${told}\n\n`;
  return [
    whole,
    {
      ...known,
      id: `${id} as an event`,
      response: { status: 200, headers: { "content-type": "text/event-stream" }, body: event },
    },
  ];
}

/** Sources name both forms of an answer alike but for the ending, or for the word that says how it was asked for. */
function pairName(provider: string, source: unknown): string {
  const { path, interaction } = (source ?? {}) as { path?: unknown; interaction?: unknown };
  if (typeof path !== "string") return "";
  const plain = path.replace(/\.(chunks\.txt|json|sse|ya?ml)$/, "").replaceAll(/[_-]?(async|stream(ing|ed)?)(?=[_.-]|$)/g, "");
  return `${provider}:${plain}:${String(interaction ?? "")}`;
}
