import { asCount, asList, asObject, asText } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Embedding, EmbeddingOutput } from "@fairlead/contracts/chat/v1/embedding";
import { fromChatUsage } from "../usage.ts";
import { refuseErrorObject } from "../error-object.ts";

/**
 * Reads vectors, as lists of numbers or as base64 of 32-bit floats.
 *
 * @param settings.count number of texts that were sent
 * @throws FairleadError MALFORMED_ANSWER where it is not one vector a text
 */
export function fromEmbeddingList(
  json: unknown,
  settings: { readonly count: number; readonly adaptations: readonly Adaptation[]; readonly now: () => number },
): EmbeddingOutput {
  const body = asObject(json);
  refuseErrorObject(body, settings.now);
  const embeddings = new Array<Embedding | undefined>(settings.count).fill(undefined);
  asList(body["data"]).forEach((item, position) => {
    const entry = asObject(item);
    const index = entry["index"] === undefined ? position : asCount(entry["index"]);
    if (index < settings.count)
      embeddings[index] = { $typeName: "fairlead.chat.v1.Embedding", values: vector(entry["embedding"]) };
  });
  const whole = embeddings.filter((embedding) => embedding !== undefined && embedding.values.length > 0) as Embedding[];
  if (whole.length !== settings.count) throw malformedAnswer("The provider's answer has not one vector for each text.");
  const usage = fromChatUsage(body["usage"]);
  return {
    $typeName: "fairlead.chat.v1.EmbeddingOutput",
    model: asText(body["model"]),
    embeddings: whole,
    adaptations: [...settings.adaptations],
    ...(usage === undefined ? {} : { usage }),
  };
}

function vector(value: unknown): number[] {
  if (typeof value !== "string")
    return asList(value).map((component) => (typeof component === "number" ? component : 0));
  const bytes = Buffer.from(value, "base64");
  const values = new Array<number>(Math.floor(bytes.length / 4));
  for (let index = 0; index < values.length; index++) values[index] = bytes.readFloatLE(index * 4);
  return values;
}
