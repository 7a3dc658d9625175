import type { EmbedResponse } from "@fairlead/contracts/routing/v1/router_service";
import { type ReportExtension, toReportExtension } from "../report-extension.ts";
import type { EmbeddingEncoding } from "./embedding-body.ts";
import { toUsageBody } from "./usage.ts";
import { encodeBase64 } from "../base64.ts";

/** A list of vectors, in the order of the texts. */
export interface EmbeddingList {
  readonly object: "list";
  readonly data: readonly EmbeddingItem[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
  readonly fairlead?: ReportExtension;
}

export interface EmbeddingItem {
  readonly object: "embedding";
  readonly index: number;
  readonly embedding: readonly number[] | string;
}

/** Vectors as OpenAI writes them. */
export function fromEmbedResponse({ output, report }: EmbedResponse, encoding: EmbeddingEncoding): EmbeddingList {
  const usage = output?.usage === undefined ? undefined : toUsageBody(output.usage);
  return {
    object: "list",
    data: (output?.embeddings ?? []).map(({ values }, index) => ({
      object: "embedding",
      index,
      embedding: encoding === "base64" ? toBase64(values) : values,
    })),
    model: output?.model ?? report?.model ?? "",
    usage: { prompt_tokens: usage?.prompt_tokens ?? 0, total_tokens: usage?.total_tokens ?? 0 },
    ...(report === undefined ? {} : { fairlead: toReportExtension(report, output?.adaptations) }),
  };
}

function toBase64(values: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return encodeBase64(new Uint8Array(view.buffer));
}
