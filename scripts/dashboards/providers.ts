import { dashboard } from "./dashboard.ts";
import { bars, graph, stat } from "./panel.ts";
import { choice } from "./variables.ts";

const RATE = "$__rate_interval";
const PROVIDER = 'provider=~"$provider"';
const OF = 'provider=~"$provider", model=~"$model"';
/** Adapters name providers to OpenTelemetry by its names; their component carries ours. */
const ADAPTER = 'component=~"adapter-$provider", gen_ai_request_model=~"$model"';
const FAULT = 'outcome=~"overloaded|provider_error|provider_unreachable|provider_authentication|provider_quota_exhausted|malformed_answer|timeout|stream_interrupted"';

/** How providers and their models do. */
export const providersDashboard = () =>
  dashboard({
    name: "providers",
    title: "Fairlead / Providers",
    description: "How providers and their models do: calls, errors, latency, circuits, limits and keys.",
    variables: [choice("provider", "Provider", "fairlead_attempts_total"), choice("model", "Model", 'fairlead_attempts_total{provider=~"$provider"}')],
    rows: [
      { title: "Calls", panels: calls() },
      { title: "Latency", panels: latency() },
      { title: "Health", panels: health() },
      { title: "Limits and keys", panels: limits() },
    ],
  });

const calls = () => [
  stat({ title: "Calls a second", description: "Calls of targets, tries again included.", unit: "reqps", width: 6, queries: [[`sum(rate(fairlead_attempts_total{${OF}}[${RATE}]))`, ""]] }),
  stat({ title: "Success", description: "Share of calls that succeeded in the chosen time.", unit: "percentunit", width: 6, lowIsBad: true, steps: [0.95, 0.99], queries: [[`sum(rate(fairlead_attempts_total{${OF}, outcome="ok"}[$__range])) / sum(rate(fairlead_attempts_total{${OF}}[$__range]))`, ""]] }),
  stat({ title: "Calls under way", description: "Calls in flight over all executors.", unit: "short", width: 6, queries: [[`sum(max by (provider, model, deployment) (fairlead_target_active_calls{${OF}}))`, ""]] }),
  stat({ title: "Output tokens a second", description: "Output and reasoning tokens of all calls.", unit: "short", width: 6, queries: [[`sum(rate(fairlead_tokens_total{${OF}, type=~"output|reasoning"}[${RATE}]))`, ""]] }),
  graph({ title: "Calls by provider", description: "Calls a second.", unit: "reqps", stacked: true, queries: [[`sum by (provider) (rate(fairlead_attempts_total{${OF}}[${RATE}]))`, "{{provider}}"]] }),
  graph({ title: "Calls by model", description: "Calls a second of the ten models that are called most.", unit: "reqps", stacked: true, queries: [[`topk(10, sum by (provider, model) (rate(fairlead_attempts_total{${OF}}[${RATE}])))`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Success by provider", description: "Share of calls that did not fail by the provider's fault.", unit: "percentunit", max: 1, queries: [[`1 - (sum by (provider) (rate(fairlead_attempts_total{${OF}, ${FAULT}}[${RATE}])) or 0 * sum by (provider) (rate(fairlead_attempts_total{${OF}}[${RATE}]))) / sum by (provider) (rate(fairlead_attempts_total{${OF}}[${RATE}]))`, "{{provider}}"]] }),
  graph({ title: "Failures by reason", description: "Calls that did not succeed, by provider and reason.", unit: "reqps", stacked: true, width: 12, queries: [[`sum by (provider, outcome) (rate(fairlead_attempts_total{${OF}, outcome!="ok"}[${RATE}]))`, "{{provider}} {{outcome}}"]] }),
  graph({ title: "Answers that did not pass", description: "Answers that did not pass a check of their quality, by check.", unit: "ops", width: 12, queries: [[`sum by (check) (rate(fairlead_checks_failed_total[${RATE}]))`, "{{check}}"]] }),
];

const latency = () => [
  graph({ title: "Calls, p50", description: "Median of the time of calls, as fallback-manager sees it.", unit: "s", queries: [[`histogram_quantile(0.5, sum by (le, provider, model) (rate(fairlead_attempt_duration_seconds_bucket{${OF}}[${RATE}])))`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Calls, p99", description: "99th percentile of the time of calls, as fallback-manager sees it.", unit: "s", queries: [[`histogram_quantile(0.99, sum by (le, provider, model) (rate(fairlead_attempt_duration_seconds_bucket{${OF}}[${RATE}])))`, "{{provider}}/{{model}}"]] }),
  graph({ title: "First content of streams, p95", description: "95th percentile of the time until a provider's stream brought its first content, as the adapter sees it.", unit: "s", queries: [[`histogram_quantile(0.95, sum by (le, component, gen_ai_request_model) (rate(gen_ai_client_operation_time_to_first_chunk_seconds_bucket{${ADAPTER}}[${RATE}])))`, "{{component}}/{{gen_ai_request_model}}"]] }),
  graph({ title: "Provider calls by operation, p95", description: "95th percentile of the adapters' calls of providers by operation.", unit: "s", queries: [[`histogram_quantile(0.95, sum by (le, component, gen_ai_operation_name) (rate(gen_ai_client_operation_duration_seconds_bucket{${ADAPTER}}[${RATE}])))`, "{{component}} {{gen_ai_operation_name}}"]] }),
  graph({ title: "Tokens of a call", description: "Mean of the tokens of a call, in and out.", unit: "short", queries: [[`sum by (component, gen_ai_token_type) (rate(gen_ai_client_token_usage_sum{${ADAPTER}}[${RATE}])) / sum by (component, gen_ai_token_type) (rate(gen_ai_client_token_usage_count{${ADAPTER}}[${RATE}]))`, "{{component}} {{gen_ai_token_type}}"]] }),
  bars({ title: "Latency by which routing decides", description: "Peak-EWMA latency of the targets that were called; it is what balancing and scoring look at.", unit: "ms", queries: [[`topk(15, max by (provider, model, deployment) (fairlead_target_latency_ms{${OF}}) > 0)`, "{{provider}}/{{model}} {{deployment}}"]] }),
];

const health = () => [
  bars({ title: "Verdicts", description: "Verdict on each target that is called: 0 not known, 1 healthy, 2 degraded, 3 unhealthy.", unit: "short", max: 3, steps: [2, 3], queries: [[`max by (provider, model) (fairlead_target_verdict{${OF}})`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Circuits", description: "Circuits of targets at the worst of all executors: 0 closed, 1 half open, 2 open.", unit: "short", max: 2, queries: [[`max by (provider, model, deployment) (fairlead_circuit_state{${OF}})`, "{{provider}}/{{model}} {{deployment}}"]] }),
  graph({ title: "Checks that fail", description: "Share of the checks of a provider that were not answered.", unit: "percentunit", max: 1, queries: [[`(sum by (provider) (rate(fairlead_provider_checks_total{${PROVIDER}, outcome="failed"}[${RATE}])) or 0 * sum by (provider) (rate(fairlead_provider_checks_total{${PROVIDER}}[${RATE}]))) / sum by (provider) (rate(fairlead_provider_checks_total{${PROVIDER}}[${RATE}]))`, "{{provider}}"]] }),
  graph({ title: "Weights", description: "Share of the traffic of a target among its equals.", unit: "short", queries: [[`topk(15, max by (provider, model, deployment) (fairlead_target_weight{${OF}}) and on (provider, model, deployment) (max by (provider, model, deployment) (fairlead_target_requests_per_minute{${OF}}) > 0))`, "{{provider}}/{{model}} {{deployment}}"]] }),
  graph({ title: "Error budget burnt", description: "Multiple of the pace at which a provider's error budget would just last, over an hour.", unit: "short", queries: [[`max by (provider) (fairlead_sla_burn_rate{${PROVIDER}, window="1h"})`, "{{provider}}"]] }),
  graph({ title: "Cost of an answer", description: "Dollars for each call that succeeded, by target.", unit: "currencyUSD", queries: [[`topk(10, max by (provider, model) (fairlead_target_cost_per_success_usd{${OF}}) > 0)`, "{{provider}}/{{model}}"]] }),
];

const limits = () => [
  graph({ title: "Taken of what latency lets through", description: "Calls in flight at the adapters against the number that the provider's latency lets through at once.", unit: "percentunit", queries: [[`sum by (provider, model) (fairlead_adapter_calls_in_flight{${OF}}) / sum by (provider, model) (fairlead_adapter_concurrency_limit{${OF}})`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Calls that wait in adapters", description: "Calls that wait for their turn.", unit: "short", queries: [[`sum by (provider, model) (fairlead_adapter_calls_waiting{${OF}})`, "{{provider}}/{{model}}"]] }),
  graph({ title: "Headroom", description: "Share of what the provider lets through in a minute that is left, where its limits are known.", unit: "percentunit", max: 1, queries: [[`min by (provider, of) (fairlead_target_headroom_ratio{${OF}})`, "{{provider}} {{of}}"]] }),
  graph({ title: "Asks for quota", description: "Asks for a share of a provider account's limits, by what became of them.", unit: "ops", queries: [[`sum by (outcome) (rate(fairlead_balancing_quota_requests_total[${RATE}]))`, "{{outcome}}"]] }),
  graph({ title: "Keys", description: "Keys by whether they are used: ready, resting for some model, or dead because refused.", unit: "short", queries: [[`sum by (provider, deployment, state) (max by (provider, deployment, state) (fairlead_adapter_keys{${PROVIDER}}))`, "{{provider}} {{deployment}} {{state}}"]] }),
  graph({ title: "Changed files", description: "Changes of models and keys files by whether they could be used.", unit: "short", queries: [[`sum by (provider, outcome) (increase(fairlead_catalogue_reload_total{${PROVIDER}}[${RATE}]))`, "models {{provider}} {{outcome}}"], [`sum by (provider, outcome) (increase(fairlead_adapter_key_changes_total{${PROVIDER}}[${RATE}]))`, "keys {{provider}} {{outcome}}"]] }),
];
