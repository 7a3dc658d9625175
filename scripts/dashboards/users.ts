import { dashboard } from "./dashboard.ts";
import { bars, graph, stat } from "./panel.ts";
import { choice } from "./variables.ts";

const RATE = "$__rate_interval";
const OF = 'tenant=~"$tenant"';

/** Who uses the mesh, how much, and how they fare. */
export const usersDashboard = () =>
  dashboard({
    name: "users",
    title: "Fairlead / Users",
    description: "Who uses the mesh, how much, and how they fare. The first hundred tenants that a process hears of are told apart; all others are other.",
    variables: [choice("tenant", "Tenant", "fairlead_tenant_requests_total")],
    rows: [
      { title: "Use", panels: use() },
      { title: "How they fare", panels: fare() },
      { title: "Spend", panels: spend() },
      { title: "Doors", panels: doors() },
    ],
  });

const use = () => [
  stat({ title: "Tenants", description: "Tenants with a request in the chosen time, those that share a label counted as one.", unit: "short", width: 6, queries: [[`count(sum by (tenant) (increase(fairlead_tenant_requests_total{${OF}}[$__range])) > 0)`, ""]] }),
  stat({ title: "Requests", description: "Requests in the chosen time.", unit: "short", width: 6, queries: [[`sum(increase(fairlead_tenant_requests_total{${OF}}[$__range]))`, ""]] }),
  stat({ title: "Tokens", description: "Tokens that were paid for in the chosen time.", unit: "short", width: 6, queries: [[`sum(increase(fairlead_tenant_tokens_total{${OF}}[$__range]))`, ""]] }),
  stat({ title: "Spent", description: "Settled spend in the chosen time.", unit: "currencyUSD", width: 6, queries: [[`sum(increase(fairlead_tenant_cost_usd_total{${OF}}[$__range]))`, ""]] }),
  graph({ title: "Requests by tenant", description: "Requests a second of the ten tenants that ask most.", unit: "reqps", stacked: true, width: 12, queries: [[`topk(10, sum by (tenant) (rate(fairlead_tenant_requests_total{${OF}}[${RATE}])))`, "{{tenant}}"]] }),
  graph({ title: "Tokens by tenant", description: "Tokens a second of the ten tenants that use most.", unit: "short", stacked: true, width: 12, queries: [[`topk(10, sum by (tenant) (rate(fairlead_tenant_tokens_total{${OF}}[${RATE}])))`, "{{tenant}}"]] }),
];

const fare = () => [
  graph({ title: "By result", description: "How requests of the chosen tenants ended.", unit: "reqps", stacked: true, queries: [[`sum by (result) (rate(fairlead_tenant_requests_total{${OF}}[${RATE}]))`, "{{result}}"]] }),
  graph({ title: "Failed", description: "Share of a tenant's requests that failed by the fault of the mesh or its providers, the ten worst.", unit: "percentunit", max: 1, queries: [[`topk(10, sum by (tenant) (rate(fairlead_tenant_requests_total{${OF}, result="failed"}[${RATE}])) / sum by (tenant) (rate(fairlead_tenant_requests_total{${OF}}[${RATE}])))`, "{{tenant}}"]] }),
  graph({ title: "Refused or limited", description: "Share of a tenant's requests that were refused (budgets, bad requests) or limited, the ten worst.", unit: "percentunit", max: 1, queries: [[`topk(10, sum by (tenant) (rate(fairlead_tenant_requests_total{${OF}, result=~"refused|limited"}[${RATE}])) / sum by (tenant) (rate(fairlead_tenant_requests_total{${OF}}[${RATE}])))`, "{{tenant}}"]] }),
  graph({ title: "Refused by reason", description: "Requests of all tenants that were refused or limited, by code.", unit: "reqps", stacked: true, width: 12, queries: [[`sum by (code) (rate(fairlead_requests_total{result=~"refused|limited"}[${RATE}]))`, "{{code}}"]] }),
  graph({ title: "Answered from the store, or degraded", description: "Requests of the chosen tenants that got a stored answer, or a degraded one because every target failed.", unit: "reqps", width: 12, queries: [[`sum by (result) (rate(fairlead_tenant_requests_total{${OF}, result=~"stored|degraded"}[${RATE}]))`, "{{result}}"]] }),
];

const spend = () => [
  graph({ title: "By tenant", description: "Dollars an hour at the pace of the moment, of the ten tenants that spend most.", unit: "currencyUSD", stacked: true, queries: [[`topk(10, sum by (tenant) (rate(fairlead_tenant_cost_usd_total{${OF}}[${RATE}])) * 3600)`, "{{tenant}}"]] }),
  bars({ title: "Who spent most", description: "Settled spend in the chosen time.", unit: "currencyUSD", queries: [[`topk(15, sum by (tenant) (increase(fairlead_tenant_cost_usd_total{${OF}}[$__range])))`, "{{tenant}}"]] }),
  bars({ title: "Dollars for a thousand answers", description: "Settled spend for each thousand answered requests, by tenant.", unit: "currencyUSD", queries: [[`topk(15, 1000 * sum by (tenant) (increase(fairlead_tenant_cost_usd_total{${OF}}[$__range])) / (sum by (tenant) (increase(fairlead_tenant_requests_total{${OF}, result="answered"}[$__range])) > 0))`, "{{tenant}}"]] }),
  bars({ title: "Prompt tokens for each written", description: "Tokens of prompts against tokens of answers, by tenant: high values profit from prompt caches.", unit: "short", decimals: 1, width: 12, queries: [[`topk(15, sum by (tenant) (increase(fairlead_tenant_tokens_total{${OF}, type="input"}[$__range])) / (sum by (tenant) (increase(fairlead_tenant_tokens_total{${OF}, type="output"}[$__range])) > 0))`, "{{tenant}}"]] }),
  bars({ title: "Budgets most used", description: "Settled part of the fifteen budgets of which most is used.", unit: "percentunit", max: 1, steps: [0.7, 0.9], width: 12, queries: [["topk(15, max by (budget) (fairlead_budget_settled_ratio))", "{{budget}}"]] }),
];

const doors = () => [
  graph({ title: "Requests by path", description: "HTTP requests a second by path: which dialect callers speak.", unit: "reqps", stacked: true, queries: [[`sum by (http_route) (rate(http_server_request_duration_seconds_count[${RATE}]))`, "{{http_route}}"]] }),
  graph({ title: "Under way by path", description: "HTTP requests that are being answered, by path.", unit: "short", stacked: true, queries: [["sum by (http_route) (http_server_active_requests)", "{{http_route}}"]] }),
  graph({ title: "Duration by path, p95", description: "95th percentile of the time of HTTP requests, whole streams included.", unit: "s", queries: [[`histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[${RATE}])))`, "{{http_route}}"]] }),
];
