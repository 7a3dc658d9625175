import { readDataUrl } from "./data-url.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a data: URL", () => {
  it.each([
    ["data:image/png;base64,aGk=", "image/png", "hi"],
    ["data:Image/PNG;name=x;BASE64,aGk=", "image/png", "hi"],
    ["data:text/plain,a%20b", "text/plain", "a b"],
    ["data:;base64,aGk=", "", "hi"],
  ])("%s is read", (url, mimeType, text) => {
    expect(readDataUrl(url)).toEqual({ mimeType, bytes: bytes(text) });
  });

  it.each(["data:image/png;base64", "data:image/png;base64,", "data:image/png;base64,***", "data:,%zz", "http://x/y"])(
    "%s is malformed",
    (url) => {
      expect(readDataUrl(url)).toBeUndefined();
    },
  );
});
