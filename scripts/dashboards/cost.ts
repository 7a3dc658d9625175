import { dashboard } from "./dashboard.ts";
import { bars, graph, stat } from "./panel.ts";
import { choice } from "./variables.ts";

const RATE = "$__rate_interval";
const OF = 'provider=~"$provider", model=~"$model"';
/** Every replica reports the same budgets. */
const budget = (metric: string) => `max by (budget) (${metric}{budget=~"$budget"})`;

/** What the mesh spends, on what, and what is left of budgets. */
export const costDashboard = () =>
  dashboard({
    name: "cost",
    title: "Fairlead / Cost",
    description: "What the mesh spends, on what, what routing saves, and what is left of budgets.",
    variables: [
      choice("provider", "Provider", "fairlead_cost_usd_total"),
      choice("model", "Model", 'fairlead_cost_usd_total{provider=~"$provider"}'),
      choice("budget", "Budget", "fairlead_budget_limit_usd"),
    ],
    rows: [
      { title: "Spend", panels: spend() },
      { title: "Tokens", panels: tokens() },
      { title: "Budgets", panels: budgets() },
      { title: "Books", panels: books() },
    ],
  });

const spend = () => [
  stat({ title: "Spent", description: "Settled spend in the chosen time.", unit: "currencyUSD", queries: [[`sum(increase(fairlead_cost_usd_total{${OF}}[$__range]))`, ""]] }),
  stat({ title: "An hour", description: "What an hour costs at the pace of the last minutes.", unit: "currencyUSD", queries: [[`sum(rate(fairlead_cost_usd_total{${OF}}[${RATE}])) * 3600`, ""]] }),
  stat({ title: "A thousand answers", description: "Settled spend for each thousand executions that were answered.", unit: "currencyUSD", queries: [[`1000 * sum(increase(fairlead_cost_usd_total[$__range])) / sum(increase(fairlead_executions_total{answered="true"}[$__range]))`, ""]] }),
  stat({ title: "Against the dearest", description: "Share saved against the dearest target that could have given the same answers.", unit: "percentunit", queries: [['1 - sum(increase(fairlead_compared_spend_usd_total{with="dearest"}[$__range])) / sum(increase(fairlead_compared_cost_usd_total{with="dearest"}[$__range]))', ""]] }),
  stat({ title: "Against the requested", description: "Share saved against the target that was asked for, where one was.", unit: "percentunit", queries: [['1 - sum(increase(fairlead_compared_spend_usd_total{with="requested"}[$__range])) / sum(increase(fairlead_compared_cost_usd_total{with="requested"}[$__range]))', ""]] }),
  stat({ title: "Models without a price", description: "Models on offer that are never chosen because their price is not known.", unit: "short", steps: [1, 10], queries: [["sum(max by (provider) (fairlead_catalogue_unpriced_models))", ""]] }),
  graph({ title: "By provider", description: "Dollars an hour at the pace of the moment.", unit: "currencyUSD", stacked: true, width: 12, queries: [[`sum by (provider) (rate(fairlead_cost_usd_total{${OF}}[${RATE}])) * 3600`, "{{provider}}"]] }),
  graph({ title: "By model", description: "Dollars an hour at the pace of the moment, of the ten models that cost most.", unit: "currencyUSD", stacked: true, width: 12, queries: [[`topk(10, sum by (provider, model) (rate(fairlead_cost_usd_total{${OF}}[${RATE}])) * 3600)`, "{{provider}}/{{model}}"]] }),
  bars({ title: "Models that cost most", description: "Settled spend in the chosen time.", unit: "currencyUSD", width: 12, queries: [[`topk(15, sum by (provider, model) (increase(fairlead_cost_usd_total{${OF}}[$__range])))`, "{{provider}}/{{model}}"]] }),
  bars({ title: "Dollars for a million tokens", description: "Settled spend against all tokens, by model: what a mixed million tokens came to.", unit: "currencyUSD", width: 12, queries: [[`topk(15, 1e6 * sum by (provider, model) (increase(fairlead_cost_usd_total{${OF}}[$__range])) / (sum by (provider, model) (increase(fairlead_tokens_total{${OF}}[$__range])) > 0))`, "{{provider}}/{{model}}"]] }),
];

const tokens = () => [
  graph({ title: "Tokens by type", description: "Tokens a second by what they are charged as.", unit: "short", stacked: true, queries: [[`sum by (type) (rate(fairlead_tokens_total{${OF}}[${RATE}]))`, "{{type}}"]] }),
  graph({ title: "Tokens by model", description: "Tokens a second of the ten models that used most.", unit: "short", stacked: true, queries: [[`topk(10, sum by (provider, model) (rate(fairlead_tokens_total{${OF}}[${RATE}])))`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Prompts read from caches", description: "Share of prompt tokens that providers read from their caches, which costs a tenth to a half.", unit: "percentunit", max: 1, queries: [[`(sum by (provider) (rate(fairlead_tokens_total{${OF}, type="cache_read"}[${RATE}])) or 0 * sum by (provider) (rate(fairlead_tokens_total{${OF}, type="input"}[${RATE}]))) / sum by (provider) (rate(fairlead_tokens_total{${OF}, type=~"input|cache_read|cache_write"}[${RATE}]))`, "{{provider}}"]] }),
];

const budgets = () => [
  bars({ title: "Spent", description: "Settled part of each budget's window.", unit: "percentunit", max: 1, steps: [0.7, 0.9], queries: [[`sort_desc(${budget("fairlead_budget_settled_ratio")})`, "{{budget}}"]] }),
  bars({ title: "Expected at the window's end", description: "Part of each budget that is expected to be spent in its window.", unit: "percentunit", steps: [0.9, 1], queries: [[`sort_desc(${budget("fairlead_budget_expected_ratio")})`, "{{budget}}"]] }),
  bars({ title: "Level", description: "0 normal, 1 economy, 2 emergency, 3 exhausted.", unit: "short", max: 3, steps: [1, 2], queries: [[`sort_desc(${budget("fairlead_budget_level")})`, "{{budget}}"]] }),
  graph({ title: "Spent over time", description: "Settled part of each budget's window; it falls to zero where a window begins.", unit: "percentunit", queries: [[budget("fairlead_budget_settled_ratio"), "{{budget}}"]] }),
  graph({ title: "Handed out", description: "Part of each budget that routers hold as leases for requests under way.", unit: "percentunit", queries: [[budget("fairlead_budget_leased_ratio"), "{{budget}}"]] }),
  bars({ title: "Limits", description: "Limit of each budget's window.", unit: "currencyUSD", queries: [[`sort_desc(${budget("fairlead_budget_limit_usd")})`, "{{budget}}"]] }),
];

const books = () => [
  graph({
    title: "Until a cost is settled",
    description: "Seconds from when a cost was told until it was settled.",
    unit: "s",
    queries: [0.5, 0.95, 0.99].map((quantile) => [`histogram_quantile(${quantile}, sum by (le) (rate(fairlead_settle_delay_seconds_bucket[${RATE}])))`, `p${quantile * 100}`] as const),
  }),
  graph({
    title: "Told and settled",
    description: "Costs told by executions and costs settled: the same but for a moment.",
    unit: "ops",
    queries: [
      [`sum(rate(fairlead_executions_total[${RATE}]))`, "told"],
      [`sum(rate(fairlead_settle_delay_seconds_count[${RATE}]))`, "settled"],
      [`sum(rate(fairlead_settle_duplicates_total[${RATE}]))`, "came again"],
    ],
  }),
  graph({ title: "Leases", description: "Leases that routers asked for by outcome, and those that ended before they were resolved.", unit: "ops", queries: [[`sum by (outcome) (rate(fairlead_lease_grants_total[${RATE}]))`, "{{outcome}}"], [`sum(rate(fairlead_leases_swept_total[${RATE}]))`, "ended unresolved"]] }),
  stat({ title: "Beyond budgets", description: "Dollars spent that budgets had no room for, in the chosen time.", unit: "currencyUSD", width: 6, steps: [0.01, 1], queries: [["sum(increase(fairlead_budget_overrun_usd_total[$__range]))", ""]] }),
  stat({ title: "Costs lost", description: "Costs that could not be stored, in the chosen time.", unit: "short", width: 6, steps: [1, 10], queries: [["sum(increase(fairlead_cost_events_lost_total[$__range]))", ""]] }),
  stat({ title: "Costs left out", description: "Costs that broke their limits and were not settled, in the chosen time.", unit: "short", width: 6, steps: [1, 10], queries: [["sum(increase(fairlead_cost_events_malformed_total[$__range]))", ""]] }),
  stat({ title: "Forecasts off by", description: "Median of how far forecasts of half-way were off, as a share of the spend.", unit: "percentunit", width: 6, steps: [0.2, 0.5], queries: [["histogram_quantile(0.5, sum by (le) (rate(fairlead_forecast_error_ratio_bucket[$__range])))", ""]] }),
];
