import { z } from "zod";
import { checkRows, InputError, readRawCsv, readRawJsonLines } from "../read-table.ts";

/** A request of a recorded trace. */
export interface TraceRequest {
  /** Milliseconds since the first request. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Names of its prompt's blocks, in order; equal beginnings of prompts have equal names. Empty: not told. */
  readonly blocks: readonly number[];
  /** Requests of one session share most of their prompt. Empty: not told. */
  readonly session: string;
}

/** Tokens of a prompt block of Mooncake's traces. */
export const BLOCK_TOKENS = 512;

const tokens = z.coerce.number().int().min(0).max(100_000_000);
const azureRow = z.object({
  TIMESTAMP: z.string().transform((text, context) => {
    // Seven digits of a second are more than Date.parse takes everywhere; zones are left out in some of the files.
    const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim());
    const seconds = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${match[4] ?? "Z"}`);
    if (Number.isNaN(seconds)) context.addIssue({ code: "custom", message: `"${text}" is no time` });
    return seconds + Number(`0${match?.[3] ?? ".0"}`) * 1_000;
  }),
  ContextTokens: tokens,
  GeneratedTokens: tokens,
});
const blockRow = z.object({
  timestamp: z.number().min(0),
  input_length: tokens,
  output_length: tokens,
  hash_ids: z.array(z.number()).optional(),
});

/** Sessions begin where prompts differ: a block that more than one request in so many shares is common to all sessions. */
const COMMON = 50;

/**
 * Reads a trace: Azure's CSV (TIMESTAMP, ContextTokens, GeneratedTokens) or Mooncake's lines of JSON (timestamp in
 * milliseconds, input_length, output_length, hash_ids), whichever it is.
 *
 * @returns the requests in order of time
 * @throws InputError with file, line and column where it is neither
 */
export function readTrace(path: string): TraceRequest[] {
  const requests = /\.jsonl?$/.test(path) ? readBlocks(path) : readAzure(path);
  if (requests.length === 0) throw new InputError(`${path}: there is no request in it`);
  const start = requests.reduce((earliest, { atMs }) => Math.min(earliest, atMs), Number.POSITIVE_INFINITY);
  return requests.map((request) => ({ ...request, atMs: request.atMs - start })).sort((a, b) => a.atMs - b.atMs);
}

function readAzure(path: string): TraceRequest[] {
  const { columns, rows } = readRawCsv(path);
  const missing = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"].find((name) => !columns.includes(name));
  if (missing !== undefined) throw new InputError(`${path}:1: column "${missing}" is missing`);
  return checkRows(path, rows, azureRow).map((row) => ({
    atMs: row.TIMESTAMP,
    inputTokens: row.ContextTokens,
    outputTokens: row.GeneratedTokens,
    blocks: [],
    session: "",
  }));
}

function readBlocks(path: string): TraceRequest[] {
  const rows = checkRows(path, readRawJsonLines(path), blockRow);
  const sharers = new Map<number, number>();
  for (const { hash_ids: blocks = [] } of rows) {
    for (const block of new Set(blocks)) sharers.set(block, (sharers.get(block) ?? 0) + 1);
  }
  const most = Math.max(1, rows.length / COMMON);
  return rows.map(({ timestamp, input_length, output_length, hash_ids: blocks = [] }) => ({
    atMs: timestamp,
    inputTokens: input_length,
    outputTokens: output_length,
    blocks,
    session: String(blocks.find((block) => (sharers.get(block) ?? 0) <= most) ?? blocks.at(-1) ?? ""),
  }));
}
