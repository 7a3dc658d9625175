import { readPromql } from "./read-promql.ts";

describe("reading PromQL", () => {
  it("finds each series with the labels of its matchers, its groups and its joins", () => {
    const query = 'sum by (le, kind) (rate(seconds_bucket{kind!="stream"}[5m])) / on (kind) group_left sum by (kind) (other{a="b", c=~"d"})';
    expect(readPromql(query)).toEqual([
      { name: "seconds_bucket", labels: ["kind", "le"] },
      { name: "other", labels: ["a", "c", "kind"] },
    ]);
  });

  it("takes no label of one side for the other's", () => {
    expect(readPromql('a{x="1"} or b{y="2"}')).toEqual([
      { name: "a", labels: ["x"] },
      { name: "b", labels: ["y"] },
    ]);
  });

  it("refuses what is not PromQL", () => {
    expect(() => readPromql("sum by (a (b)")).toThrow("not PromQL");
  });
});
