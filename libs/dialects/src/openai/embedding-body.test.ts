import { create } from "@bufbuild/protobuf";
import { EmbedResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { sampleExtension, sampleReport } from "../../test/sample-report.ts";
import { parseEmbeddingBody } from "./embedding-body.ts";
import { fromEmbedResponse } from "./from-embed-response.ts";

describe("an embeddings body", () => {
  it("becomes a request for vectors", () => {
    const body = {
      model: "e",
      input: ["a", "b"],
      dimensions: 8,
      user: "u",
      encoding_format: "base64",
      fairlead: { provider: "openai" },
    };
    expect(parseEmbeddingBody(body, { tenant: "acme" })).toMatchObject({
      kind: "ok",
      value: {
        encoding: "base64",
        request: {
          input: { model: "e", texts: ["a", "b"], dimensions: 8, endUser: "u" },
          context: { tenant: "acme" },
          policy: { provider: "openai" },
        },
      },
    });
    expect(parseEmbeddingBody({ model: "e", input: "a" })).toMatchObject({
      value: { encoding: "float", request: { input: { texts: ["a"] } } },
    });
  });

  it("takes tokens in place of texts, what the vectors are for, and what it has no word for", () => {
    const input = (fields: object) => {
      const call = parseEmbeddingBody({ model: "e", ...fields });
      return call.kind === "ok" ? call.value.request.input : call.violations;
    };
    expect(input({ input: [1, 2], input_type: "search_query" })).toMatchObject({ texts: [], tokenLists: [{ tokens: [1, 2] }], purpose: 2, unknownFields: [] });
    expect(input({ input: [[1], [2, 3]], input_type: "image", truncate: "END" })).toMatchObject({
      texts: [],
      tokenLists: [{ tokens: [1] }, { tokens: [2, 3] }],
      purpose: 0,
      unknownFields: [{ dialect: "openai.chat", name: "truncate" }, { dialect: "openai.chat", name: "input_type" }],
    });
  });

  it.each([
    [{ input: "a" }, "model: required"],
    [{ model: "e" }, "input: required"],
    [{ model: "e", input: "" }, "input: min"],
    [{ model: "e", input: [] }, "input: min"],
    [{ model: "e", input: ["a", ""] }, "input[1]: min"],
    [{ model: "e", input: [1, -2] }, "input[1]: min"],
    [{ model: "e", input: [[1], []] }, "input[1]: min"],
    [{ model: "e", input: ["a", 1] }, "input[1]: type"],
    [{ model: "e", input: "a", encoding_format: "hex" }, "encoding_format: unsupported"],
    [{ model: "e", input: "a", dimensions: 0 }, "dimensions: min"],
  ])("%j is refused: %s", (body, refusal) => {
    const result = parseEmbeddingBody(body);
    const [violation] = result.kind === "ok" ? [] : result.violations;
    expect(`${violation?.field}: ${violation?.rule}`).toBe(refusal);
  });
});

describe("vectors", () => {
  const response = create(EmbedResponseSchema, {
    output: { model: "e-1", embeddings: [{ values: [0.5, -1] }, { values: [2, 0] }], usage: { inputTokens: 6 } },
    report: sampleReport,
  });

  it("are written as numbers", () => {
    expect(fromEmbedResponse(response, "float")).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, -1] },
        { object: "embedding", index: 1, embedding: [2, 0] },
      ],
      model: "e-1",
      usage: { prompt_tokens: 6, total_tokens: 6 },
      fairlead: sampleExtension,
    });
  });

  it("tell what of the request could not be said", () => {
    const adaptations = [{ field: "dimensions", kind: 1, detail: "There is one length." }];
    const adapted = create(EmbedResponseSchema, { output: { adaptations }, report: { ...sampleReport, adaptations: [] } });
    expect(fromEmbedResponse(adapted, "float").fairlead?.adaptations).toEqual([{ field: "dimensions", kind: "dropped", detail: "There is one length." }]);
  });

  it("are written as base64 of 32-bit floats", () => {
    const [first] = fromEmbedResponse(response, "base64").data;
    const bytes = Uint8Array.from(Buffer.from(String(first?.embedding), "base64"));
    expect([...new Float32Array(bytes.buffer)]).toEqual([0.5, -1]);
  });
});
