import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { failure } from "@fairlead/rpc/fairlead-error";
import { countAnswers } from "./count-requests.ts";
import type { RequestKind, RequestMeter } from "./metrics.ts";
import { resultOf } from "./request-result.ts";

type Ended = readonly [kind: RequestKind, tenant: string, result: string, code: ErrorCode];

function counted() {
  const ended: Ended[] = [];
  const requestBegan = (kind: RequestKind, tenant: string): RequestMeter => ({
    firstContent: () => undefined,
    ended: (result, code) => void ended.push([kind, tenant, result, code]),
  });
  return { ended, metrics: { requestBegan } };
}

const call = {} as never;

describe("counting requests", () => {
  it.each([
    [{}, "answered"],
    [{ report: { degraded: "", cache: CacheState.HIT } }, "stored"],
    [{ report: { degraded: "fixed_text", cache: CacheState.MISS } }, "degraded"],
  ])("takes %j as %s, under the tenant or the one of who names none", async (answer, result) => {
    const { ended, metrics } = counted();
    const handle = countAnswers(metrics, "chat", () => Promise.resolve(answer as never));
    await handle({ context: { tenant: "acme" } as never }, call);
    await handle({}, call);
    expect(ended).toEqual([
      ["chat", "acme", result, ErrorCode.UNSPECIFIED],
      ["chat", "default", result, ErrorCode.UNSPECIFIED],
    ]);
  });

  it("tells an error's code and hands the error on", async () => {
    const { ended, metrics } = counted();
    const refusal = failure(ErrorCode.BUDGET_EXCEEDED, "No room.");
    await expect(countAnswers(metrics, "embedding", () => Promise.reject(refusal))({}, call)).rejects.toBe(refusal);
    expect(ended).toEqual([["embedding", "default", "refused", ErrorCode.BUDGET_EXCEEDED]]);
  });

  it.each([
    [ErrorCode.INVALID_REQUEST, "refused"],
    [ErrorCode.COST_LIMIT_EXCEEDED, "refused"],
    [ErrorCode.RATE_LIMITED, "limited"],
    [ErrorCode.CANCELLED, "cancelled"],
    [ErrorCode.NO_TARGET, "failed"],
    [ErrorCode.PROVIDER_QUOTA_EXHAUSTED, "failed"],
    [ErrorCode.TIMEOUT, "failed"],
    [ErrorCode.INTERNAL, "failed"],
  ] as const)("blames the mesh only for what is its or its providers' fault (%s: %s)", (code, result) => {
    expect(resultOf(code)).toBe(result);
  });
});
