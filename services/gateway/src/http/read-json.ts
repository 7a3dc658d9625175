import type { IncomingMessage } from "node:http";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type FairleadError, failure } from "@fairlead/rpc/fairlead-error";

/** A body that is larger than the edge takes. */
export class BodyTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`body: is larger than ${limit} bytes`);
    this.limit = limit;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a JSON body.
 *
 * @throws BodyTooLarge, or FairleadError INVALID_REQUEST that names the body
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
    throw invalidBody(text.trim() === "" ? "is empty; JSON is expected" : "is not valid JSON");
  }
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") return Promise.reject(invalidBody("is compressed, which is not taken"));
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.reject(new BodyTooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(new BodyTooLarge(maxBytes));
      }
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", () => reject(failure(ErrorCode.CANCELLED, "The caller went away.")));
    request.on("aborted", () => reject(failure(ErrorCode.CANCELLED, "The caller went away.")));
  });
}

function invalidBody(description: string): FairleadError {
  const violations = [{ field: "body", description, rule: "fairlead.json" }];
  return failure(ErrorCode.INVALID_REQUEST, `body: ${description}`, { violations });
}
