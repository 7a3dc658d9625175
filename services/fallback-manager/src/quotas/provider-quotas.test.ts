import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  type AcquireQuotaRequest,
  AcquireQuotaResponseSchema,
  BalancingService,
  type ReturnQuotaRequest,
  ReturnQuotaResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Client, Handlers } from "@fairlead/rpc/call";
import { failure, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { localClient } from "@fairlead/rpc/local-client";
import { createLogger } from "@fairlead/runtime/service-tools";
import { type EmbeddedState, openEmbeddedState } from "@fairlead/state/open-embedded-state";
import { ProviderQuotas, type ProviderQuotaSettings, type QuotaRequest, type ReleaseQuota } from "./provider-quotas.ts";

/** A ledger as executors reach it, that can be cut off. */
interface Ledger {
  readonly client: Client<typeof BalancingService>;
  readonly link: { up: boolean };
  readonly asked: AcquireQuotaRequest[];
  readonly returned: ReturnQuotaRequest[];
}

let state: EmbeddedState;
let names = 0;
const opened: ProviderQuotas[] = [];
beforeEach(() => void (state = openEmbeddedState({ file: ":memory:" })));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((quotas) => quotas.close()));
  await state.close();
});

function openLedger({ validForMs = 2_000, burst = 0.25 } = {}): Ledger {
  const link = { up: true };
  const asked: AcquireQuotaRequest[] = [];
  const returned: ReturnQuotaRequest[] = [];
  const reach = () => {
    if (!link.up) throw failure(ErrorCode.UNAVAILABLE, "cut off");
  };
  const handlers = {
    async acquireQuota(request: AcquireQuotaRequest) {
      reach();
      asked.push(request);
      const quotaId = `quota-${(names += 1)}`;
      const { requestsPerMinute, wantedRequests } = request;
      const figures = {
        tokensPerMinute: Number(request.tokensPerMinute),
        wantedTokens: Number(request.wantedTokens),
        minimumTokens: Number(request.minimumTokens),
      };
      const answer = await state.quotas.acquire(request.account, { quotaId, burst, validForMs, requestsPerMinute, wantedRequests, ...figures });
      if (answer.kind === "granted") {
        const validFor = durationFromMs(validForMs);
        return create(AcquireQuotaResponseSchema, { quotaId, requests: answer.requests, tokens: BigInt(answer.tokens), validFor });
      }
      if (!Number.isFinite(answer.retryAfterMs)) return create(AcquireQuotaResponseSchema);
      return create(AcquireQuotaResponseSchema, { retryAfter: durationFromMs(Math.ceil(answer.retryAfterMs)) });
    },
    async returnQuota(request: ReturnQuotaRequest) {
      reach();
      returned.push(request);
      const { account, quotaId, part, unusedRequests, unusedTokens } = request;
      await state.quotas.giveBack(account, { quotaId, part, unusedRequests, unusedTokens: Number(unusedTokens) });
      return create(ReturnQuotaResponseSchema);
    },
  } as unknown as Handlers<typeof BalancingService>;
  return { client: localClient(BalancingService, handlers), link, asked, returned };
}

function openQuotas(ledger: Ledger, changes: Partial<ProviderQuotaSettings> = {}): ProviderQuotas {
  const tools = { now: Date.now, logger: createLogger("silent") };
  const quotas = new ProviderQuotas({ balancing: ledger.client, holder: "r", tools, maxWaitMs: 1_000, maxWaiting: 1_000, ...changes });
  opened.push(quotas);
  return quotas;
}

const request = (facts: Partial<QuotaRequest> = {}): QuotaRequest => ({
  account: "team",
  limits: { requestsPerMinute: 600, tokensPerMinute: 0 },
  tenant: "acme",
  tokens: 100,
  signal: new AbortController().signal,
  deadline: undefined,
  ...facts,
});

/** What became of many requests that are made at once. */
async function outcomes(asked: Promise<ReleaseQuota>[]) {
  const settled = await Promise.allSettled(asked);
  const refusals = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as ReturnType<typeof failure>] : []));
  return { granted: settled.length - refusals.length, refusals };
}

describe("quotas of providers' accounts", () => {
  it("cost nothing where there are no limits", async () => {
    const ledger = openLedger();
    const release = await openQuotas(ledger).acquire(request({ limits: { requestsPerMinute: 0, tokensPerMinute: 0n } }));
    release(5);
    expect(ledger.asked).toEqual([]);
  });

  it("let two executors together through no more than the burst and what has been filled up since", async () => {
    const ledger = openLedger();
    const executors = [openQuotas(ledger), openQuotas(ledger)];
    const since = performance.now();
    const all = await outcomes(executors.flatMap((quotas) => Array.from({ length: 300 }, () => quotas.acquire(request()))));
    const seconds = (performance.now() - since) / 1_000;
    expect(all.granted).toBeGreaterThanOrEqual(150);
    expect(all.granted).toBeLessThanOrEqual(150 + 10 * seconds + 1);
    expect(all.refusals.every(({ code }) => code === ErrorCode.RATE_LIMITED)).toBe(true);
    expect(all.refusals.every(({ detail }) => detail.retryable && (retryAfterMs(detail) ?? 0) > 0)).toBe(true);
  });

  it("hold tokens as well as requests", async () => {
    const quotas = openQuotas(openLedger());
    const limits = { requestsPerMinute: 6_000, tokensPerMinute: 60_000n };
    const { granted } = await outcomes(Array.from({ length: 100 }, () => quotas.acquire(request({ limits, tokens: 1_000 }))));
    expect(granted).toBeGreaterThanOrEqual(15);
    expect(granted).toBeLessThanOrEqual(17);
  });

  it("refuse at once where the wait would be longer than the request can, and tell how long", async () => {
    const quotas = openQuotas(openLedger(), { maxWaitMs: 500 });
    const limits = { requestsPerMinute: 4, tokensPerMinute: 0 };
    await quotas.acquire(request({ limits }));
    const since = performance.now();
    const refusal = await quotas.acquire(request({ limits })).catch((error: unknown) => error);
    expect(performance.now() - since).toBeLessThan(200);
    expect(refusal).toMatchObject({ code: ErrorCode.RATE_LIMITED });
    expect(retryAfterMs((refusal as ReturnType<typeof failure>).detail)).toBeGreaterThan(10_000);
  });

  it("refuse a request that is larger than the account ever lets through, without asking it to come again", async () => {
    const limits = { requestsPerMinute: 0, tokensPerMinute: 1_000 };
    await expect(openQuotas(openLedger()).acquire(request({ limits, tokens: 1_001 }))).rejects.toMatchObject({
      code: ErrorCode.RATE_LIMITED,
      detail: { retryable: false },
    });
  });

  it("let no more wait than may", async () => {
    const quotas = openQuotas(openLedger(), { maxWaiting: 10, maxWaitMs: 300 });
    const limits = { requestsPerMinute: 240, tokensPerMinute: 0 };
    const first = await outcomes(Array.from({ length: 10 }, () => quotas.acquire(request({ limits }))));
    expect(first.granted).toBe(10);
    for (let taken = 10; taken < 60; taken += 1) await quotas.acquire(request({ limits }));
    const asked = Array.from({ length: 30 }, () => quotas.acquire(request({ limits })));
    expect(quotas.waiting()).toBeLessThanOrEqual(10);
    const { refusals } = await outcomes(asked);
    expect(refusals.length).toBeGreaterThanOrEqual(20);
  });

  it("serve tenants in turn under contention, however many requests one of them has", async () => {
    const quotas = openQuotas(openLedger({ burst: 0.01 }), { maxWaitMs: 1_500 });
    const limits = { requestsPerMinute: 1_200, tokensPerMinute: 0 };
    const served: string[] = [];
    const ask = (tenant: string) => quotas.acquire(request({ limits, tenant })).then(() => served.push(tenant), () => 0);
    const flood = Array.from({ length: 400 }, () => ask("flood"));
    const small = Array.from({ length: 8 }, () => ask("small"));
    await Promise.all(small);
    expect(served.filter((tenant) => tenant === "small")).toHaveLength(8);
    expect(served.filter((tenant) => tenant === "flood").length).toBeLessThan(30);
    await Promise.all(flood);
  });

  it("give tokens back that a request did not use", async () => {
    const ledger = openLedger();
    const quotas = openQuotas(ledger);
    const limits = { requestsPerMinute: 0, tokensPerMinute: 40_000 };
    const release = await quotas.acquire(request({ limits, tokens: 9_000 }));
    release(1_000);
    release(0);
    await until(() => ledger.returned.length === 1);
    expect(ledger.returned[0]?.unusedTokens).toBe(8_000n);
  });

  it("count tokens that a request used beyond what was expected, also when that shows late", async () => {
    const ledger = openLedger({ validForMs: 300 });
    const quotas = openQuotas(ledger);
    const limits = { requestsPerMinute: 0, tokensPerMinute: 40_000 };
    const late = await quotas.acquire(request({ limits, tokens: 100 }));
    await quotas.acquire(request({ limits, tokens: 100 }));
    expect(ledger.asked).toHaveLength(2);
    late(5_100);
    // The other share may come back in the same moment: this one is told by what was used beyond it.
    const beyond = () => ledger.returned.find(({ unusedTokens }) => unusedTokens < 0n);
    await until(() => beyond() !== undefined);
    expect(beyond()).toMatchObject({ part: 0, unusedTokens: -5_000n });
  });

  it("give what a long request did not use back when it ends", async () => {
    const ledger = openLedger({ validForMs: 300 });
    const quotas = openQuotas(ledger);
    const limits = { requestsPerMinute: 0, tokensPerMinute: 40_000 };
    const late = await quotas.acquire(request({ limits, tokens: 8_000 }));
    await quotas.acquire(request({ limits, tokens: 100 }));
    expect(ledger.asked).toHaveLength(2);
    late(3_000);
    await until(() => ledger.returned.length === 1);
    expect(ledger.returned[0]?.unusedTokens).toBe(5_000n);
  });

  it("give a request back that was never sent", async () => {
    const ledger = openLedger({ validForMs: 300 });
    const quotas = openQuotas(ledger);
    const release = await quotas.acquire(request());
    release();
    await until(() => ledger.returned.length === 1);
    expect(ledger.returned[0]?.unusedRequests).toBe(1);
  });

  it("let a caller go that does not want to wait any more", async () => {
    const quotas = openQuotas(openLedger(), { maxWaitMs: 60_000 });
    const limits = { requestsPerMinute: 4, tokensPerMinute: 0 };
    await quotas.acquire(request({ limits }));
    const controller = new AbortController();
    const waiting = quotas.acquire(request({ limits, signal: controller.signal }));
    await until(() => quotas.waiting() === 1);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: ErrorCode.CANCELLED });
    expect(quotas.waiting()).toBe(0);
  });

  it("go on with what this executor has while the ledger is away, and never without a bound", async () => {
    const ledger = openLedger({ validForMs: 1_000 });
    const quotas = openQuotas(ledger, { maxWaitMs: 300 });
    for (let taken = 0; taken < 20; taken += 1) await quotas.acquire(request());
    ledger.link.up = false;
    const { granted, refusals } = await outcomes(Array.from({ length: 500 }, () => quotas.acquire(request())));
    expect(granted).toBeLessThanOrEqual(150 - 20);
    expect(granted + refusals.length).toBe(500);
    expect(refusals.every(({ code }) => code === ErrorCode.RATE_LIMITED)).toBe(true);
    ledger.link.up = true;
    await until(async () => (await outcomes([quotas.acquire(request())])).granted === 1);
  });

  it("refuse where the ledger was never reached", async () => {
    const ledger = openLedger();
    ledger.link.up = false;
    await expect(openQuotas(ledger).acquire(request())).rejects.toMatchObject({ code: ErrorCode.RATE_LIMITED });
  });

  it("refuse who waits and give all back when the executor closes", async () => {
    const ledger = openLedger();
    const quotas = openQuotas(ledger, { maxWaitMs: 60_000 });
    const limits = { requestsPerMinute: 4, tokensPerMinute: 0 };
    const unsent = await quotas.acquire(request({ account: "other" }));
    await quotas.acquire(request({ limits }));
    const waiting = expect(quotas.acquire(request({ limits }))).rejects.toMatchObject({ code: ErrorCode.UNAVAILABLE });
    await until(() => quotas.waiting() === 1);
    unsent();
    await quotas.close();
    await waiting;
    expect(ledger.returned.map(({ account }) => account)).toContain("other");
  });
});

async function until(wanted: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 8_000;
  while (!(await wanted())) {
    if (performance.now() > giveUpAt) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
