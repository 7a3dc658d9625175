import { dropOptionalNulls } from "./drop-optional-nulls.ts";

const PERSON = {
  type: "object",
  properties: { name: { type: "string" }, nickname: { type: "string" }, friends: { type: "array", items: { $ref: "#" } }, home: { anyOf: [{ $ref: "#/$defs/place" }] } },
  required: ["name"],
  $defs: { place: { type: "object", properties: { city: { type: "string" }, street: { type: "string" } }, required: ["city"] } },
};

describe("nulls in place of what may be left out", () => {
  it.each<[string, unknown, unknown]>([
    ["go where the property is optional", { name: "a", nickname: null }, { name: "a" }],
    ["stay where it is required", { name: null }, { name: null }],
    ["stay where the schema does not know it", { name: "a", other: null }, { name: "a", other: null }],
    ["go in lists and behind references", { name: "a", friends: [{ name: "b", nickname: null }] }, { name: "a", friends: [{ name: "b" }] }],
    ["go in branches", { name: "a", home: { city: "c", street: null } }, { name: "a", home: { city: "c" } }],
    ["leave other values alone", [null, 1, "x"], [null, 1, "x"]],
  ])("%s", (_what, value, expected) => {
    expect(dropOptionalNulls(value, PERSON)).toEqual(expected);
  });

  it("ends on references that go round", () => {
    expect(dropOptionalNulls({ a: null }, { $ref: "#" })).toEqual({ a: null });
    expect(dropOptionalNulls({ a: null }, true)).toEqual({ a: null });
  });
});
