import type { IncomingMessage } from "node:http";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type FairleadError, failure } from "@fairlead/rpc/fairlead-error";

/** A body that is not taken, for which HTTP has a status of its own. */
export class BodyRefused extends Error {
  readonly field: string;
  readonly description: string;
  readonly rule: string;
  readonly status: number;

  constructor(field: string, description: string, rule: string, status: number) {
    super(`${field}: ${description}`);
    this.field = field;
    this.description = description;
    this.rule = rule;
    this.status = status;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const JSON_TYPE = /^\s*application\/([\w.+-]+\+)?json\s*(;|$)/i;

/**
 * Reads a JSON body, also where its type is not told or told wrong, as curl does.
 *
 * @throws BodyRefused, or FairleadError INVALID_REQUEST that names the body
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw invalidBody("is not valid UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch {
    if (text.trim() === "") throw invalidBody("is empty; JSON is expected");
    if (JSON_TYPE.test(request.headers["content-type"] ?? "application/json")) throw invalidBody("is not valid JSON");
    throw new BodyRefused("content-type", "application/json is expected", "fairlead.json", 415);
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { "content-encoding": encoding, "content-length": length } = request.headers;
  if (encoding !== undefined && encoding !== "identity") throw invalidBody("is compressed, which is not taken");
  if (Number(length ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return gather(request, maxBytes);
}

function gather(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(maxBytes));
      }
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", () => reject(failure(ErrorCode.CANCELLED, "The caller went away.")));
    request.on("aborted", () => reject(failure(ErrorCode.CANCELLED, "The caller went away.")));
  });
}

function tooLarge(limit: number): BodyRefused {
  return new BodyRefused("body", `is larger than ${limit} bytes`, "fairlead.size", 413);
}

function invalidBody(description: string): FairleadError {
  const violations = [{ field: "body", description, rule: "fairlead.json" }];
  return failure(ErrorCode.INVALID_REQUEST, `body: ${description}`, { violations });
}
