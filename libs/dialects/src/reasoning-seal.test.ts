import fc from "fast-check";
import { readSeal, writeSeal } from "./reasoning-seal.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a reasoning seal", () => {
  it.each([
    ["anthropic", "Erw==", "anthropic", "Erw=="],
    ["", "Erw==", "anthropic", "Erw=="],
    ["google", "Erw==", "anthropic", "fairlead:google:Erw=="],
    ["anthropic", "Erw==", "", "fairlead:anthropic:Erw=="],
    ["google", "\u0001", "", "fairlead:google:b64:AQ=="],
  ])("of %s with %j is written for %j as %s", (provider, signature, home, text) => {
    expect(writeSeal(provider, bytes(signature), home)).toBe(text);
  });

  it("of a provider's own making counts as made at home", () => {
    expect(readSeal("Erw==", "anthropic")).toEqual({ provider: "anthropic", signature: bytes("Erw==") });
  });

  it("comes back as it was", () => {
    const provider = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const signature = fc
      .oneof(fc.uint8Array(), fc.constantFrom("b64:AQ==", "fairlead", "abc").map(bytes))
      .map((value) => new Uint8Array(value));
    fc.assert(
      fc.property(provider, signature, fc.constantFrom("", "anthropic"), (made, value, home) => {
        expect(readSeal(writeSeal(made, value, home), home)).toEqual({ provider: made, signature: value });
      }),
    );
  });
});
