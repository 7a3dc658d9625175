import type { ReasoningPart } from "@fairlead/contracts/chat/v1/content";
import { type ReasoningDetailBody, toReasoningDetail } from "./answer-message.ts";

type Seal = Pick<ReasoningPart, "signature" | "redacted" | "provider" | "deployment" | "id">;

const UNSEALED: Seal = { signature: new Uint8Array(0), redacted: false, provider: "", deployment: "", id: "" };

/** Gathers the reasoning of a streamed choice, and tells its sealed forms once it is known who made it. */
export class ReasoningSeals {
  #text = "";
  #waiting: (Seal & { readonly text: string })[] = [];
  #count = 0;

  /** True while there is reasoning whose end has not come. */
  get open(): boolean {
    return this.#text !== "";
  }

  more(text: string): void {
    this.#text += text;
  }

  /** The reasoning ends, with a seal or without one. */
  end(seal: Seal = UNSEALED): void {
    this.#waiting.push({ ...seal, text: this.#text });
    this.#text = "";
  }

  /** What ended and was not told. @param provider who answers; empty: not known yet, so that only what names its maker is told */
  release(provider: string, isLast = false): ReasoningDetailBody[] {
    const details: ReasoningDetailBody[] = [];
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!isLast && provider === "" && next.provider === "") break;
      this.#waiting.shift();
      const detail = toReasoningDetail({ ...next, provider: next.provider || provider }, this.#count);
      if (detail === undefined) continue;
      this.#count++;
      details.push(detail);
    }
    return details;
  }
}
