import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { GenerateRequestSchema } from "@fairlead/contracts/routing/v1/router_service";
import { keepUnknownFields, noLeftovers, toUnknownFields } from "./leftovers.ts";
import type { Violation } from "./parsed.ts";

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  return levels === 0 ? 1 : wrap(nested(levels - 1, wrap));
}

function convert(body: Record<string, unknown>) {
  const leftovers = noLeftovers();
  const violations: Violation[] = [];
  keepUnknownFields(leftovers, body, new Set(["known"]));
  return { fields: toUnknownFields(leftovers, "openai.chat", violations), violations };
}

describe("unknown fields", () => {
  it("are kept unless they say nothing", () => {
    const { fields } = convert({ known: 1, a: 0, b: null, c: [], d: false, e: "" });
    expect(fields.map(({ name }) => name)).toEqual(["a", "d", "e"]);
  });

  it.each([
    ["objects", (inner: unknown) => ({ x: inner })],
    ["lists", (inner: unknown) => [inner]],
  ])("survive the wire as deep as %s are allowed to be", (_, wrap) => {
    const { fields, violations } = convert({ deep: nested(30, wrap) });
    expect(violations).toEqual([]);
    const request = create(GenerateRequestSchema, { chat: { model: "m", unknownFields: fields } });
    expect(fromBinary(GenerateRequestSchema, toBinary(GenerateRequestSchema, request))).toEqual(request);
  });

  it("are refused when they are nested too deeply, too many, or without a name", () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`f${index}`, 1]));
    expect(convert({ deep: nested(31, (inner) => [inner]) }).violations).toMatchObject([
      { field: "deep", rule: "max" },
    ]);
    expect(convert(many).violations).toMatchObject([{ field: "", rule: "max" }]);
    expect(convert({ "": 1 }).violations).toMatchObject([{ field: "", rule: "max" }]);
  });
});
