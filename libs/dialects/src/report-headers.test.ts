import { create } from "@bufbuild/protobuf";
import { RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";
import { sampleReport } from "../test/sample-report.ts";
import { toReportHeaders } from "./report-headers.ts";

describe("report headers", () => {
  it("tell how an answer was made", () => {
    expect(toReportHeaders(sampleReport)).toEqual({
      "x-fairlead-request-id": "req-1",
      "x-fairlead-provider": "anthropic",
      "x-fairlead-model": "claude-x",
      "x-fairlead-strategy": "cost",
      "x-fairlead-confidence": "0.8765",
      "x-fairlead-attempts": "2",
      "x-fairlead-cost-usd": "0.001234567",
      "x-fairlead-cache": "miss",
      "x-fairlead-trace-id": "0af7651916cd43dd8448eb211c80319c",
      "x-fairlead-fell-back": "true",
    });
  });

  it("are safe to send whatever a provider calls its models", () => {
    const report = create(RouteReportSchema, { model: `naïve\r\nx: y${"z".repeat(500)}` });
    const value = toReportHeaders(report)["x-fairlead-model"] ?? "";
    expect(value).toMatch(/^na\?ve\?\?x: yz+$/);
    expect(value).toHaveLength(256);
  });

  it("leave out what is not known yet", () => {
    expect(Object.keys(toReportHeaders(create(RouteReportSchema, {})))).toEqual([
      "x-fairlead-attempts",
      "x-fairlead-cost-usd",
      "x-fairlead-cache",
      "x-fairlead-fell-back",
    ]);
  });
});
