import { type Dispatcher, Pool } from "undici";
import { ANSWER_MS, type Caller } from "./caller.ts";
import { nowMs } from "./clock.ts";
import { MESSAGES, MODEL } from "./question.ts";

const FIRST_TEXT = /"content":"[^"]/;
const LAST_EVENT = "data: [DONE]";
/** The shortest answer that can be right. */
const LEAST_BYTES = 500;
const TAIL_BYTES = 64;

/** Asks over HTTP in OpenAI's dialect. Works on undici's dispatcher itself, which costs the least. */
export function httpCaller(url: string, streamed: boolean, connections: number): Caller {
  const { origin, pathname } = new URL(url);
  const limits = { headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS, connectTimeout: ANSWER_MS };
  const pool = new Pool(origin, { connections, pipelining: 1, keepAliveTimeout: 60_000, ...limits });
  const body = Buffer.from(JSON.stringify({ model: MODEL, messages: MESSAGES, ...(streamed ? { stream: true } : {}) }));
  const headers = ["content-type", "application/json", "authorization", "Bearer bench"];
  const options: Dispatcher.DispatchOptions = { path: pathname, method: "POST", headers, body };
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        pool.dispatch(options, streamed ? new StreamReader(resolve, reject) : new AnswerReader(resolve, reject));
      }),
    close: () => pool.destroy(),
  };
}

/** Reads an answer that comes whole. */
class AnswerReader implements Dispatcher.DispatchHandler {
  protected readonly resolve: (firstTokenAt: number) => void;
  protected readonly reject: (thrown: unknown) => void;
  #status = 0;
  #bytes = 0;

  constructor(resolve: (firstTokenAt: number) => void, reject: (thrown: unknown) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
  }

  onResponseEnd(): void {
    if (this.#status !== 200) this.reject(new Error(`status ${this.#status}`));
    else if (this.#bytes < LEAST_BYTES) this.reject(new Error(`an answer of ${this.#bytes} bytes`));
    else this.finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.reject(error);
  }

  protected finish(): void {
    this.resolve(0);
  }
}

/** Reads a stream of events; looks into them only up to the first text and at the very end. */
class StreamReader extends AnswerReader {
  #head = "";
  #tail = "";
  #firstTokenAt = 0;

  override onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    super.onResponseData(controller, chunk);
    if (this.#firstTokenAt === 0) {
      this.#head += chunk.toString("latin1");
      if (FIRST_TEXT.test(this.#head)) this.#firstTokenAt = nowMs();
    }
    this.#tail = (this.#tail + chunk.toString("latin1", Math.max(0, chunk.length - TAIL_BYTES))).slice(-TAIL_BYTES);
  }

  protected override finish(): void {
    if (this.#firstTokenAt === 0) this.reject(new Error("a stream without text"));
    else if (!this.#tail.includes(LAST_EVENT)) this.reject(new Error("a stream without its last event"));
    else this.resolve(this.#firstTokenAt);
  }
}
