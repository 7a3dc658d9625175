import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

describe("base64", () => {
  it("comes back as it was, however long", () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 8180, maxLength: 8200 }));
    fc.assert(
      fc.property(bytes, (value) => {
        const text = encodeBase64(value);
        expect(text).toBe(Buffer.from(value).toString("base64"));
        expect(decodeBase64(text)).toEqual(new Uint8Array(value));
      }),
      { numRuns: 50 },
    );
  });

  it("tells what is none", () => {
    expect(decodeBase64("not base64!")).toBeUndefined();
  });
});
