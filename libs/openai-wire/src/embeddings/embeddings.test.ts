import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { EmbeddingInputSchema, EmbeddingPurpose } from "@fairlead/contracts/chat/v1/embedding";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Flavor, OPENAI_FLAVOR } from "../flavor.ts";
import { fromEmbeddingList } from "./from-embedding-list.ts";
import { toEmbeddingBody } from "./to-embedding-body.ts";

const SPARE: Flavor = { ...OPENAI_FLAVOR, name: "Spare", embeddings: { dimensionsField: "output_dimension", base64: false, tokenLists: false, endUser: false } };

function write(init: MessageInitShape<typeof EmbeddingInputSchema>, flavor = OPENAI_FLAVOR, strict = false) {
  const { body, count, adaptations } = toEmbeddingBody(create(EmbeddingInputSchema, { model: "m", ...init }), { flavor, strict });
  return { body, count, notes: adaptations.map(({ field }) => field) };
}

const read = (body: object, count: number) => fromEmbeddingList(body, { count, adaptations: [], now: () => 0 });

describe("a request for vectors", () => {
  it("says all that its server takes", () => {
    const unknown = (name: string) => ({ dialect: "openai.chat", name, value: { kind: { case: "stringValue" as const, value: "v" } } });
    const init = { texts: ["a", "b"], dimensions: 3, endUser: "u", unknownFields: [unknown("truncate"), unknown("encoding_format")] };
    expect(write(init)).toEqual({
      body: { model: "m", input: ["a", "b"], encoding_format: "base64", dimensions: 3, user: "u", truncate: "v" },
      count: 2,
      notes: ["unknown_fields[1]"],
    });
    expect(write({ tokenLists: [{ tokens: [1, 2] }] })).toMatchObject({ body: { input: [[1, 2]] }, count: 1, notes: [] });
  });

  it("says in another way or leaves out what it does not take", () => {
    const init = { texts: ["a"], dimensions: 3, endUser: "u", purpose: EmbeddingPurpose.CLUSTERING };
    expect(write(init, SPARE)).toEqual({ body: { model: "m", input: ["a"], encoding_format: "float", output_dimension: 3 }, count: 1, notes: ["end_user", "purpose"] });
    expect(() => write(init, SPARE, true)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }));
    expect(() => write({ tokenLists: [{ tokens: [1] }] }, SPARE)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_REQUEST, message: expect.stringContaining("token_lists") }));
  });
});

describe("a list of vectors", () => {
  it("is read in the order of the texts, from numbers and from bytes", () => {
    const bytes = Buffer.from(new Float32Array([0.5, -1]).buffer).toString("base64");
    const output = read({ model: "m", data: [{ index: 1, embedding: [1, 2] }, { index: 0, embedding: bytes }], usage: { prompt_tokens: 3 } }, 2);
    expect(output).toMatchObject({ model: "m", embeddings: [{ values: [0.5, -1] }, { values: [1, 2] }], usage: { inputTokens: 3 } });
  });

  it.each([
    ["too few", { data: [{ index: 0, embedding: [1] }] }],
    ["two of one text", { data: [{ index: 0, embedding: [1] }, { index: 0, embedding: [1] }] }],
    ["an empty one", { data: [{ index: 0, embedding: [1] }, { index: 1, embedding: "" }] }],
    ["none", {}],
  ])("is refused with %s", (_name, body) => {
    expect(() => read(body, 2)).toThrow(expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER }));
  });
});
