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

  it("tells the deployment without which it is worth nothing", () => {
    const seal = writeSeal("openai", bytes("gAAA"), "openai", "eu: west@2");
    expect(seal).toBe("fairlead:openai@eu%3A%20west%402:gAAA");
    expect(readSeal(seal, "openai")).toEqual({ provider: "openai", signature: bytes("gAAA"), deployment: "eu: west@2" });
    expect(readSeal("fairlead:openai@%zz:gAAA", "openai").deployment).toBe("%zz");
  });

  it("tells the id that its provider gave to the reasoning", () => {
    const seal = writeSeal("openai", bytes("gAAA"), "anthropic", "", "rs_1#a:b");
    expect(seal).toBe("fairlead:openai#rs_1%23a%3Ab:gAAA");
    expect(readSeal(seal, "anthropic")).toEqual({ provider: "openai", signature: bytes("gAAA"), id: "rs_1#a:b" });
    const both = writeSeal("anthropic", bytes("gAAA"), "anthropic", "east", "rs@2");
    expect(readSeal(both, "anthropic")).toEqual({ provider: "anthropic", signature: bytes("gAAA"), deployment: "east", id: "rs@2" });
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
