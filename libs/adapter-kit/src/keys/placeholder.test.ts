import { newPlaceholder, placeholderIn, withKey } from "./placeholder.ts";

const url = (search = "") => new URL(`https://example.com/v1/x${search}`);

describe("a placeholder", () => {
  it("is another each time and may stand in a header", () => {
    expect(newPlaceholder()).not.toBe(newPlaceholder());
    expect(newPlaceholder()).toMatch(/^[\x21-\x7e]+$/);
  });

  it.each([["x-api-key", (text: string) => text], ["authorization", (text: string) => `Bearer ${text}`]])("makes room for a key in the header %s", (name, write) => {
    const placeholder = newPlaceholder();
    const request = { url: url(), headers: { accept: "a", [name]: write(placeholder) } };
    expect(placeholderIn(request)).toBe(placeholder);
    expect(withKey(request, placeholder, "$&k")).toEqual({ url: url(), headers: { accept: "a", [name]: write("$&k") } });
  });

  it("makes room for a key in the query", () => {
    const placeholder = newPlaceholder();
    const request = { url: url(`?alt=sse&key=${placeholder}`), headers: {} };
    expect(placeholderIn(request)).toBe(placeholder);
    const filled = withKey(request, placeholder, "a&b=c");
    expect(filled.url.searchParams.get("key")).toBe("a&b=c");
    expect(filled.url.searchParams.get("b")).toBeNull();
    expect(request.url.href).toContain(placeholder);
  });

  it("is not found where there is none", () => {
    expect(placeholderIn({ url: url("?key=k"), headers: { authorization: "Bearer sk-1" } })).toBeUndefined();
  });
});
