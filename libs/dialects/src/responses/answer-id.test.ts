import fc from "fast-check";
import { readKeptAnswerId, toAnswerId, writeKeptAnswerId } from "./answer-id.ts";
import { createItemIds, readHeldItem } from "./item-id.ts";
import { writeOpaqueJson } from "./opaque-json.ts";

describe("the id of an answer that a provider keeps", () => {
  it("holds all that it takes to go on from it", () => {
    const kept = fc.record({
      provider: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      deployment: fc.string({ maxLength: 20 }),
      id: fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
    });
    fc.assert(
      fc.property(kept, (value) => {
        const id = writeKeptAnswerId(value);
        expect(id).toMatch(/^resp_fairlead1_[A-Za-z0-9_-]+$/);
        expect(readKeptAnswerId(id)).toEqual({ $typeName: "fairlead.chat.v1.KeptAnswer", ...value });
      }),
    );
  });

  const forged = (value: unknown) => `resp_fairlead1_${writeOpaqueJson(value)}`;
  it.each([
    ["another provider's own", "resp_68af"],
    ["nothing", "resp_fairlead1_"],
    ["no base64", "resp_fairlead1_***"],
    ["no JSON", "resp_fairlead1_AAAA"],
    ["another shape", forged({ provider: "openai" })],
    ["a missing word", forged(["openai", ""])],
    ["no provider", forged(["", "", "resp_1"])],
    ["a strange provider", forged(["../x", "", "resp_1"])],
    ["a provider that is too long", forged(["a".repeat(65), "", "resp_1"])],
    ["a deployment that is too long", forged(["openai", "d".repeat(129), "resp_1"])],
    ["no id", forged(["openai", "", ""])],
    ["an id with a line break", forged(["openai", "", "resp\n1"])],
    ["an id that is too long", forged(["openai", "", "r".repeat(513)])],
    ["far too much", forged(["openai", "", "r".repeat(100_000)])],
  ])("is none where it holds %s", (_, id) => {
    expect(readKeptAnswerId(id)).toBeUndefined();
  });
});

describe("any other id", () => {
  it("is the provider's own or made of the request's", () => {
    expect([toAnswerId("resp_1", { id: "r" }), toAnswerId("msg_1", { id: "r" }), toAnswerId("", { id: "r" })]).toEqual(["resp_1", "resp_msg_1", "resp_r"]);
  });

  it("of an item holds the item where callers may refer to it, unless that is too much", () => {
    const item = { type: "message", content: "é" };
    const ids = createItemIds("r.1", true);
    expect(readHeldItem(ids.holding("msg", 0, item))).toEqual(item);
    expect(ids.holding("msg", 0, { text: "x".repeat(100_000) })).toBe("msg_fairlead_r.1_0");
    expect(createItemIds("r", false).holding("msg", 0, item)).toBe("msg_fairlead_r_0");
    expect(readHeldItem("msg_fairlead_r.1_0")).toBeUndefined();
  });
});
