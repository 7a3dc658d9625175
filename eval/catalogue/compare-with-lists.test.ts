import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ModelDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import { compareWithLists } from "./compare-with-lists.ts";
import type { CatalogueModel } from "./read-catalogues.ts";
import type { ListedPrice } from "./read-price-lists.ts";

const AT = Date.UTC(2026, 5, 1);
const CATALOGUE: CatalogueModel[] = [model("google", "flash", ["flash-001"]), model("google", "own")];

describe("compareWithLists", () => {
  it("finds a model by its aliases and by what the lists call its provider", () => {
    const { models, differences, unlisted } = compareWithLists(
      CATALOGUE,
      [listed("one", "gemini", "flash-001")],
      [],
      AT,
    );
    expect(models[0]).toEqual({ model: "google/flash", lists: ["one"], differing: [] });
    expect(differences).toEqual([]);
    expect(unlisted).toEqual(["google/own"]);
  });

  it("compares a bucket without a price of its own as input", () => {
    const { differences } = compareWithLists(
      CATALOGUE,
      [{ ...listed("one", "google", "flash"), cacheRead: 1n }],
      [],
      AT,
    );
    expect(
      differences.map(({ bucket, difference }) => [bucket, difference.leftNanoUsd, difference.rightNanoUsd]),
    ).toEqual([["cacheRead", 3n, 1n]]);
  });

  it("waives what is known for one list only, and names waivers that nothing needs", () => {
    const lists = [
      { ...listed("one", "google", "flash"), input: 9n },
      { ...listed("two", "google", "flash"), input: 9n },
    ];
    const known = { model: "google/flash", bucket: "input", source: "one", reason: "old" } as const;
    const idle = { model: "google/own", bucket: "output", reason: "gone" } as const;
    const { differences, unusedWaivers } = compareWithLists(CATALOGUE, lists, [known, idle], AT);
    expect(differences.map(({ source, waiver }) => [source, waiver?.reason])).toEqual([
      ["one", "old"],
      ["two", undefined],
    ]);
    expect(unusedWaivers).toEqual([idle]);
  });

  it("tells which lists have our price and on what they do not agree", () => {
    const lists = [listed("one", "google", "flash"), { ...listed("two", "gemini", "flash"), output: 8n }];
    const { differences, disputes } = compareWithLists(CATALOGUE, lists, [], AT);
    expect(differences.map(({ source, agreeing }) => [source, agreeing])).toEqual([["two", ["one"]]]);
    expect(disputes.map(({ model: name, bucket, prices }) => [name, bucket, [...prices.values()]])).toEqual([
      ["google/flash", "output", [5n, 8n]],
    ]);
  });

  it("names chat models of our providers that two lists have and we do not", () => {
    const lists = ["one", "two"].flatMap((source) =>
      ["pro", "pro-20260101", "embedding-1", "flash"].map((name) => listed(source, "google", name)),
    );
    const others = [listed("one", "google", "rare"), listed("one", "openai", "gpt"), listed("two", "openai", "gpt")];
    const { missing } = compareWithLists(CATALOGUE, [...lists, ...others], [], AT);
    expect(missing).toEqual([{ model: "google/pro", lists: ["one", "two"] }]);
  });

  it("says where no price of ours holds yet", () => {
    const { unpriced, models } = compareWithLists(CATALOGUE, [], [], Date.UTC(2020, 0, 1));
    expect(unpriced).toEqual(["google/flash", "google/own"]);
    expect(models).toEqual([]);
  });
});

function model(provider: string, name: string, aliases: string[] = []): CatalogueModel {
  const prices = [
    { provider, model: name, input: 3n, output: 5n, effectiveFrom: timestampFromDate(new Date("2026-01-01")) },
  ];
  return { provider, description: create(ModelDescriptionSchema, { model: name, aliases, prices }) };
}

function listed(source: string, provider: string, name: string): ListedPrice {
  return {
    source,
    provider,
    model: name,
    input: 3n,
    output: 5n,
    cacheRead: undefined,
    cacheWrite: undefined,
    capabilities: [],
  };
}
