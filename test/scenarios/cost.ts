import type { JsonObject } from "@bufbuild/protobuf";
import { type Answer, native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

const MINUTE = 60_000;
const MODEL = "gpt-4o-mini";
const WINDOWS = ["REQUEST", "HOUR", "DAY", "WEEK", "MONTH"] as const;

/** What a budget bounds: its scope, a request that it is about, and one that it is not about. */
interface Bounded {
  readonly scope: JsonObject;
  readonly inside: { readonly context: JsonObject; readonly model: string };
  readonly outside: { readonly context: JsonObject; readonly model: string };
}

let names = 0;
const unique = (start: string) => `${start}-${Date.now()}-${(names += 1)}`;

/** What the mesh tells about money, and what it holds to, seen from outside. */
export function describeCost({ shape }: ScenarioContext): void {
  const url = (path: string) => `${shape().httpUrl}${path}`;
  const get = async (path: string) => (await send("GET", url(path))).body;
  const ask = (context: JsonObject, model = MODEL, more: JsonObject = {}): Promise<Answer> => {
    const request = native(
      "Count to three.",
      { model, maxOutputTokens: 40 },
      { strategy: "manual", disableFallback: true },
    );
    return send("POST", url("/api/v1/generate"), { ...request, context, ...more });
  };
  const costOf = ({ body }: Answer) => BigInt(body.report.costNanoUsd ?? 0);
  const putBudget = async (budgetId: string, budget: JsonObject) => {
    const { status, body } = await send("PUT", url(`/api/v1/budgets/${budgetId}`), { budget });
    if (status !== 200) throw new Error(`the budget was refused: ${JSON.stringify(body)}`);
  };
  const removeBudget = (budgetId: string) => send("DELETE", url(`/api/v1/budgets/${budgetId}`));
  const budgetOf = async (budgetId: string) => {
    const { budgets = [] } = await get("/api/v1/budgets");
    return budgets.find(({ budget }: { budget: { budgetId: string } }) => budget.budgetId === budgetId);
  };

  describe("budgets", () => {
    const bounded: Readonly<Record<string, (tenant: string) => Bounded>> = {
      tenant: (tenant) => ({
        scope: { tenant },
        inside: { context: { tenant }, model: MODEL },
        outside: { context: { tenant: `${tenant}-other` }, model: MODEL },
      }),
      user: (tenant) => ({
        scope: { tenant, user: "ann" },
        inside: { context: { tenant, user: "ann" }, model: MODEL },
        outside: { context: { tenant, user: "bob" }, model: MODEL },
      }),
      project: (tenant) => ({
        scope: { tenant, project: "shop" },
        inside: { context: { tenant, project: "shop" }, model: MODEL },
        outside: { context: { tenant, project: "hall" }, model: MODEL },
      }),
      provider: (tenant) => ({
        scope: { tenant, provider: "openai" },
        inside: { context: { tenant }, model: MODEL },
        outside: { context: { tenant }, model: "claude-haiku-4-5" },
      }),
      model: (tenant) => ({
        scope: { tenant, model: MODEL },
        inside: { context: { tenant }, model: MODEL },
        outside: { context: { tenant }, model: "gpt-4o" },
      }),
    };
    const rows = Object.keys(bounded).flatMap((kind) => WINDOWS.map((window) => [kind, window] as const));

    it.each(rows)("of a %s by the %s bound its requests and no others", async (kind, window) => {
      const { scope, inside, outside } = (bounded[kind] as (tenant: string) => Bounded)(unique("bounded"));
      const budgetId = unique("budget");
      await putBudget(budgetId, { scope, window: `BUDGET_WINDOW_${window}`, limitNanoUsd: "1" });
      const refused = await until("the routers know the budget", async () => {
        const answer = await ask(inside.context, inside.model);
        return answer.status === 200 ? undefined : answer;
      });
      // A budget of single requests is a bound on each of them, which no later time widens.
      const codes =
        window === "REQUEST"
          ? ["ERROR_CODE_COST_LIMIT_EXCEEDED", "ERROR_CODE_BUDGET_EXCEEDED"]
          : ["ERROR_CODE_BUDGET_EXCEEDED"];
      expect(codes).toContain(refused.body.error.code);
      expect((await ask(outside.context, outside.model)).status).toBe(200);
      await removeBudget(budgetId);
    });

    it(
      "tell each threshold once, and their level, as spend grows",
      async () => {
        const tenant = unique("levels");
        const cost = costOf(await ask({ tenant: `${tenant}-probe` }));
        const budgetId = unique("budget");
        await putBudget(budgetId, { scope: { tenant }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: String(cost * 20n) });
        await until(
          "the routers know the budget",
          async () =>
            (await ask({ tenant }, MODEL, { chat: native("Much.", { model: MODEL, maxOutputTokens: 16_000 }).chat }))
              .status === 429,
        );
        let asked = 0;
        const spendTo = async (requests: number) => {
          for (; asked < requests; asked++) expect((await ask({ tenant })).status).toBe(200);
          return until(`${requests} requests are settled`, async () => {
            const state = await budgetOf(budgetId);
            return BigInt(state?.settledNanoUsd ?? 0) === cost * BigInt(requests) ? state : undefined;
          });
        };
        expect(await spendTo(9)).toMatchObject({ level: "BUDGET_LEVEL_NORMAL" });
        expect((await budgetOf(budgetId)).toldPercents ?? []).toEqual([]);
        await spendTo(10);
        await until("half of it is told", async () => String((await budgetOf(budgetId)).toldPercents) === "50", 2_000);
        expect((await spendTo(17)).level).toBe("BUDGET_LEVEL_ECONOMY");
        await until(
          "85 percent are told",
          async () => String((await budgetOf(budgetId)).toldPercents) === "50,70,85",
          2_000,
        );
        await removeBudget(budgetId);
      },
      MINUTE,
    );

    it("are refused when their fields do not go together, with the field named", async () => {
      const budget = { scope: { tenant: "acme" }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: "5" };
      for (const [field, wrong] of [
        ["alert_percents", { alertPercents: [70, 50] }],
        ["economy_strategy", { economyStrategy: "thrift" }],
        ["limit_nano_usd", { limitNanoUsd: "-1" }],
        ["window", { window: "BUDGET_WINDOW_UNSPECIFIED" }],
      ] as const) {
        const { status, body } = await send("PUT", url("/api/v1/budgets/wrong"), { budget: { ...budget, ...wrong } });
        expect(status).toBe(400);
        expect(JSON.stringify(body)).toContain(field);
      }
      expect(await budgetOf("wrong")).toBeUndefined();
    });
  });

  describe("spend", () => {
    it("is told by label, by period and for each answered request, to the nano-dollar", async () => {
      const tenant = unique("spend");
      const answers = [
        await ask({ tenant, tags: ["night", "batch"] }),
        await ask({ tenant, tags: ["night"] }),
        await ask({ tenant }),
      ];
      const [first = 0n, second = 0n, third = 0n] = answers.map(costOf);
      const spend = (query: string) => get(`/api/v1/spend?filter.tenant=${tenant}&${query}`);
      await until("three settled requests", async () => (await spend("")).rows?.[0]?.requests === "3");
      const tags = await spend("groupBy=SPEND_DIMENSION_TAG");
      expect(tags.totalNanoUsd).toBe(String(first + second + third));
      expect(
        Object.fromEntries(
          tags.rows.map((row: { key?: string; costNanoUsd: string }) => [row.key ?? "", row.costNanoUsd]),
        ),
      ).toEqual({
        night: String(first + second),
        batch: String(first),
        "": String(third),
      });
      expect((await spend("tag=batch")).totalNanoUsd).toBe(String(first));
      for (const period of ["HOUR", "DAY", "WEEK", "MONTH"]) {
        const { rows, totalNanoUsd } = await spend(`period=SPEND_PERIOD_${period}`);
        expect(totalNanoUsd).toBe(String(first + second + third));
        expect(Date.parse(rows[0].periodStart)).toBeLessThanOrEqual(Date.now());
      }
      const [row] = (await spend("")).rows;
      expect(row).toMatchObject({
        requests: "3",
        succeeded: "3",
        costPerSuccessNanoUsd: String((first + second + third + 1n) / 3n),
      });
      expect(Date.parse((await spend("")).keptFrom)).toBeLessThan(Date.now());
    });

    it("is held against the dearest target that could have answered, and against the one that was asked for", async () => {
      const savedOf = async (tenant: string, request: JsonObject) => {
        const { status } = await send("POST", url("/api/v1/generate"), { ...request, context: { tenant } });
        expect(status).toBe(200);
        return until("a settled request", async () => (await get(`/api/v1/spend?filter.tenant=${tenant}`)).rows?.[0]);
      };
      const free = await savedOf(
        unique("saved"),
        native("Count to three.", { maxOutputTokens: 40 }, { strategy: "cost" }),
      );
      expect(free).toMatchObject({ comparedWithDearest: "1" });
      expect(BigInt(free.savedAgainstDearestNanoUsd)).toBeGreaterThan(0n);
      expect(free.comparedWithRequested).toBeUndefined();
      const pinned = await savedOf(
        unique("saved"),
        native("Count to three.", { model: MODEL, maxOutputTokens: 40 }, { strategy: "manual" }),
      );
      expect(pinned).toMatchObject({ comparedWithRequested: "1" });
      // It went where it was asked to go.
      expect(BigInt(pinned.savedAgainstRequestedNanoUsd ?? 0)).toBe(0n);
    });
  });

  it("forecasts what a budget's window and what a tenant's day will have cost", async () => {
    const tenant = unique("forecast");
    const budgetId = unique("budget");
    await putBudget(budgetId, { scope: { tenant }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: "1000000000" });
    let spent = 0n;
    for (let count = 0; count < 5; count++) spent += costOf(await ask({ tenant }));
    for (const query of [`budgetId=${budgetId}`, `filter.tenant=${tenant}&window=BUDGET_WINDOW_DAY`]) {
      const forecast = await until("the spend is part of the forecast", async () => {
        const { forecast: found } = await get(`/api/v1/forecast?${query}`);
        return BigInt(found?.expectedNanoUsd ?? 0) >= spent / 2n && found.knownSince !== undefined ? found : undefined;
      });
      expect(BigInt(forecast.lowNanoUsd)).toBeLessThanOrEqual(BigInt(forecast.expectedNanoUsd));
      expect(BigInt(forecast.highNanoUsd)).toBeGreaterThanOrEqual(BigInt(forecast.expectedNanoUsd));
      expect(BigInt(forecast.lowNanoUsd)).toBeGreaterThanOrEqual(BigInt(forecast.spentNanoUsd ?? 0));
      expect(Date.parse(forecast.windowEnd) - Date.parse(forecast.windowStart)).toBe(86_400_000);
      expect(forecast.coverage).toBe(0.9);
    }
    await until("the budget's state tells it", async () => (await budgetOf(budgetId)).expectedNanoUsd !== undefined);
    expect((await send("GET", url("/api/v1/forecast?budgetId=nobody"))).status).toBe(404);
    await removeBudget(budgetId);
  });

  it("measures what targets cost and lists where the same traffic would cost less", async () => {
    const tenant = unique("measured");
    for (let count = 0; count < 3; count++) {
      await ask({ tenant }, MODEL);
      await ask({ tenant }, "gpt-4o");
    }
    const { effectivePrices } = await until("both are measured", async () => {
      const found = await get("/api/v1/arbitrage");
      const models = new Set((found.effectivePrices ?? []).map(({ model }: { model: string }) => model));
      return models.has(MODEL) && models.has("gpt-4o") ? found : undefined;
    });
    const of = (model: string) => effectivePrices.find((price: { model: string }) => price.model === model);
    expect(BigInt(of(MODEL).output)).toBeLessThan(BigInt(of("gpt-4o").output));
    expect(of(MODEL).evidence).toBeGreaterThan(2.9);
    const { opportunities = [] } = await get("/api/v1/arbitrage?minCalls=1&qualityTolerance=1");
    for (const opportunity of opportunities) {
      expect(BigInt(opportunity.toNanoUsdPerMillion)).toBeLessThan(BigInt(opportunity.fromNanoUsdPerMillion));
      expect(opportunity.savingShare).toBeGreaterThanOrEqual(0.02);
    }
  });

  it("replays what was decided under another policy, for what it would have cost", async () => {
    const tenant = unique("replayed");
    let told = 0n;
    for (let count = 0; count < 6; count++) told += costOf(await ask({ tenant }, "gpt-4o"));
    const replay = (policy: JsonObject, more: JsonObject = {}) =>
      send("POST", url("/api/v1/replay"), { tenant, policy, ...more });
    const same = await until("six recorded decisions", async () => {
      const { body } = await replay({ strategy: "manual" });
      return body.requests === "6" ? body : undefined;
    });
    expect(same.recorded.costNanoUsd).toBe(String(told));
    expect(same.policy).toEqual(same.recorded);
    expect(same.changedShare ?? 0).toBe(0);
    const { body: cheaper } = await replay({ strategy: "cost" }, { ignoreRequestedModel: true });
    expect(cheaper).toMatchObject({ requests: "6", changedShare: 1 });
    expect(BigInt(cheaper.policy.costNanoUsd ?? 0)).toBeLessThan(told);
    expect(cheaper.models.find(({ model }: { model: string }) => model === "gpt-4o")).toMatchObject({
      recordedRequests: "6",
    });
    expect(cheaper.categories.length).toBeGreaterThan(0);
    const { status, body } = await replay({ strategy: "thrift" });
    expect([status, body.error.code]).toEqual([400, "ERROR_CODE_INVALID_REQUEST"]);
  });
}
