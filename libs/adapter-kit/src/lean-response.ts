import { Readable } from "node:stream";
import { parseJson } from "./json.ts";
import type { LeanHeaders } from "./lean-headers.ts";
import { malformedAnswer } from "./malformed.ts";

/** Bytes of an answer at most. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Bytes and milliseconds that a finished stream may still take so that its connection can be used again. */
const DRAIN = { bytes: 64 * 1024, milliseconds: 1_000 } as const;

/** What a lean response is made of. */
export interface LeanResponseParts {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: LeanHeaders;
  readonly stream: Readable;
  readonly maxBytes: number;
}

/** Who reads the bytes of an answer. After `end` or `fail` nothing follows. */
export interface BytesReader {
  chunk(bytes: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** Holds up bytes and lets them go on. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** The part of `Response` that the SDKs use, and the raw bytes for those who decode themselves. */
export class LeanResponse {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: LeanHeaders;
  readonly redirected = false;
  readonly type = "basic";
  readonly #stream: Readable;
  readonly #maxBytes: number;
  #bytes: Promise<Buffer> | undefined;
  #json: Promise<unknown> | undefined;
  #body: LazyWebStream | undefined;

  constructor(parts: LeanResponseParts) {
    this.url = parts.url;
    this.status = parts.status;
    this.statusText = parts.statusText;
    this.headers = parts.headers;
    this.#stream = parts.stream;
    this.#maxBytes = parts.maxBytes;
    // An error that strikes while nobody reads must not end the process; readers see it as well.
    this.#stream.on("error", () => undefined);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The body as a web stream. SDKs look at it even where they do not read it, so it is made when it is read. */
  get body(): LazyWebStream {
    this.#body ??= lazyWebStream(this.#stream);
    return this.#body;
  }

  /** Hands on the bytes as they arrive. Fails with MALFORMED_ANSWER beyond the bound or where they are cut off. */
  read(reader: BytesReader): Flow {
    return readBytes(this.#stream, this.#maxBytes, reader);
  }

  /** The whole body, once read kept for further readers. */
  bytes(): Promise<Buffer> {
    this.#bytes ??= readWhole((reader) => this.read(reader));
    return this.#bytes;
  }

  async text(): Promise<string> {
    return (await this.bytes()).toString("utf8");
  }

  /** The body as JSON, whatever content type it was given; once read kept for further readers. */
  json(): Promise<unknown> {
    this.#json ??= this.text().then(parseAnswer);
    return this.#json;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.bytes();
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  /** Lets the few bytes after a finished stream pass, so that the connection can be used again; else closes it. */
  drain(): void {
    const stream = this.#stream;
    if (stream.readableEnded || stream.destroyed) return;
    let left = DRAIN.bytes;
    const timer = setTimeout(() => stream.destroy(), DRAIN.milliseconds).unref();
    stream.once("close", () => clearTimeout(timer));
    stream.on("data", (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left < 0) stream.destroy();
    });
  }

  /** Closes the connection unless the body was read to its end. */
  cancel(): void {
    this.#stream.destroy();
  }
}

/** The part of `ReadableStream` that the SDKs use. */
export interface LazyWebStream extends AsyncIterable<Uint8Array> {
  getReader(): unknown;
  pipeThrough(transform: never): unknown;
  cancel(): Promise<void>;
}

function lazyWebStream(stream: Readable): LazyWebStream {
  let made: LazyWebStream | undefined;
  const web = () => (made ??= Readable.toWeb(stream) as unknown as LazyWebStream);
  return {
    getReader: () => web().getReader(),
    pipeThrough: (transform) => web().pipeThrough(transform),
    cancel: async () => void stream.destroy(),
    [Symbol.asyncIterator]: () => web()[Symbol.asyncIterator](),
  };
}

function parseAnswer(text: string): unknown {
  const answer = parseJson(text);
  if (answer === undefined) throw malformedAnswer("The provider's answer is not JSON, or nested too deep.");
  return answer;
}

function readBytes(stream: Readable, maxBytes: number, reader: BytesReader): Flow {
  let size = 0;
  let over = false;
  const fail = (error: unknown) => {
    if (over) return;
    over = true;
    reader.fail(error);
  };
  stream.on("data", (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size <= maxBytes) return reader.chunk(chunk);
    fail(malformedAnswer("The provider's answer is longer than answers may be."));
    stream.destroy();
  });
  stream.once("end", () => {
    if (over) return;
    over = true;
    reader.end();
  });
  stream.once("error", fail);
  stream.once("close", () => {
    if (!over) fail(malformedAnswer("The provider's answer was cut off."));
  });
  return stream;
}

function readWhole(read: (reader: BytesReader) => Flow): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    read({
      chunk: (bytes) => void chunks.push(bytes),
      end: () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
      fail: reject,
    });
  });
}
