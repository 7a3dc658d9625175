import type { MessageInitShape } from "@bufbuild/protobuf";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";

/** A picture at an address, which may be a data URL. */
export function imageOf(url: string): MessageInitShape<typeof PartSchema> {
  const data = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  const source =
    data === null
      ? { location: { case: "url" as const, value: url } }
      : {
          location: { case: "inline" as const, value: new Uint8Array(Buffer.from(data[2] ?? "", "base64")) },
          mimeType: data[1] ?? "",
        };
  return { content: { case: "image", value: { source } } };
}
