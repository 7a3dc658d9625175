import { dashboard } from "./dashboard.ts";
import { bars, graph, stat } from "./panel.ts";
import { choice } from "./variables.ts";

const OF = 'component=~"$component"';
const RATE = "$__rate_interval";

/** Whether the mesh works: its requests, its decisions, its services, its stores and its processes. */
export const systemDashboard = () =>
  dashboard({
    name: "system",
    title: "Fairlead / System",
    description: "Whether the mesh works: requests, decisions, executions, services, stores and processes.",
    variables: [choice("component", "Component", "fairlead_ready")],
    rows: [
      { title: "Requests", panels: requests() },
      { title: "Deciding and executing", panels: deciding() },
      { title: "Services", panels: services() },
      { title: "Stores and events", panels: stores() },
      { title: "Processes", panels: processes() },
    ],
  });

const quantiles = (metric: string, by: string, legend: string): [string, string][] =>
  [0.5, 0.95, 0.99].map((quantile) => [
    `histogram_quantile(${quantile}, sum by (${["le", by].filter(Boolean).join(", ")}) (rate(${metric}_bucket[${RATE}])))`,
    `p${quantile * 100}${legend}`,
  ]);

const requests = () => [
  stat({ title: "Requests a second", description: "Requests that came to the routers.", unit: "reqps", queries: [[`sum(rate(fairlead_requests_total[${RATE}]))`, ""]] }),
  stat({
    title: "Success",
    description: "Share of requests that were answered, of those that the mesh and its providers are answerable for. The objective is 99.9 %.",
    unit: "percentunit",
    decimals: 3,
    lowIsBad: true,
    steps: [0.99, 0.999],
    queries: [[`sum(rate(fairlead_requests_total{result=~"answered|stored|degraded"}[$__range])) / sum(rate(fairlead_requests_total{result=~"answered|stored|degraded|failed"}[$__range]))`, ""]],
  }),
  stat({ title: "Under way", description: "HTTP requests that are being answered now, streams included.", unit: "short", queries: [["sum(http_server_active_requests)", ""]] }),
  stat({ title: "Alerts", description: "Alerts of the SLA monitor that are not over.", unit: "short", steps: [1, 3], queries: [["sum(max by (severity) (fairlead_alerts_active))", ""]] }),
  stat({ title: "Pods not ready", description: "Pods that run and cannot do their work.", unit: "short", steps: [1, 2], queries: [[`sum(1 - fairlead_ready{${OF}})`, ""]] }),
  stat({ title: "Circuits not closed", description: "Targets that no or few calls are let through to.", unit: "short", steps: [1, 5], queries: [["count(max by (provider, model, deployment) (fairlead_circuit_state) > 0) or vector(0)", ""]] }),
  graph({ title: "Requests by result", description: "How requests ended. Only those with the result failed are the fault of the mesh or its providers.", unit: "reqps", stacked: true, queries: [[`sum by (result) (rate(fairlead_requests_total[${RATE}]))`, "{{result}}"]] }),
  graph({ title: "Errors by code", description: "Requests that ended with an error, by its code.", unit: "reqps", stacked: true, queries: [[`sum by (code) (rate(fairlead_requests_total{code!="ok"}[${RATE}]))`, "{{code}}"]] }),
  graph({ title: "HTTP by status", description: "Answers of the gateway by their status.", unit: "reqps", stacked: true, queries: [[`sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count[${RATE}]))`, "{{http_response_status_code}}"]] }),
  graph({ title: "Duration", description: "Seconds from a request's arrival at a router to the end of its answer, whole streams included.", unit: "s", queries: quantiles("fairlead_request_duration_seconds", "kind", " {{kind}}") }),
  graph({ title: "First content of streams", description: "Seconds until a stream brought its first content.", unit: "s", queries: quantiles("fairlead_request_first_content_seconds", "", "") }),
  graph({ title: "Error budget burnt", description: "Multiple of the pace at which the error budget of the success rate would just last, by window, as the SLA monitor sees it.", unit: "short", queries: [['max by (window) (fairlead_sla_burn_rate{provider="all"})', "{{window}}"]] }),
];

const deciding = () => [
  graph({ title: "Decisions by strategy", description: "Decisions of the routers.", unit: "ops", stacked: true, queries: [[`sum by (strategy) (rate(fairlead_decisions_total[${RATE}]))`, "{{strategy}}"]] }),
  graph({ title: "Time of a decision", description: "Seconds that a decision takes: analysis, filtering, scoring and balancing.", unit: "s", queries: quantiles("fairlead_decision_duration_seconds", "", "") }),
  graph({ title: "Age of what decisions rest on", description: "Seconds since a router last heard of targets, cost and health. Below zero: not yet.", unit: "s", min: -1, queries: [["max by (part) (fairlead_state_age_seconds)", "{{part}}"]] }),
  graph({ title: "Executions", description: "Plans that were carried out: answered or not, at the first call or after falling back.", unit: "reqps", stacked: true, queries: [[`sum by (answered, fell_back) (rate(fairlead_executions_total[${RATE}]))`, "answered {{answered}}, fell back {{fell_back}}"]] }),
  graph({
    title: "Retries and hedges",
    description: "Calls beyond the first: those that the retry budget refused, and second targets asked beside a late one.",
    unit: "ops",
    queries: [
      [`sum(rate(fairlead_retries_refused_total[${RATE}]))`, "retry refused"],
      [`sum by (outcome) (rate(fairlead_hedges_total[${RATE}]))`, "hedge {{outcome}}"],
    ],
  }),
  graph({ title: "Answers found in the store", description: "Share of looks into the store of answers that found one, by level.", unit: "percentunit", max: 1, queries: [[`sum by (level) (rate(fairlead_cache_lookups_total{result="hit"}[${RATE}])) / sum by (level) (rate(fairlead_cache_lookups_total[${RATE}]))`, "{{level}}"]] }),
];

const services = () => [
  graph({ title: "gRPC calls served", description: "Calls by component. Streams of state between services count once, when they end.", unit: "reqps", queries: [[`sum by (component) (rate(rpc_server_call_duration_seconds_count{${OF}}[${RATE}]))`, "{{component}}"]] }),
  graph({ title: "gRPC errors", description: "Calls that ended with another status than OK, by component and status.", unit: "reqps", queries: [[`sum by (component, rpc_status_code) (rate(rpc_server_call_duration_seconds_count{${OF}, rpc_status_code!="OK"}[${RATE}]))`, "{{component}} {{rpc_status_code}}"]] }),
  graph({ title: "gRPC duration, p99", description: "99th percentile of the time of calls by component, without the streams of state between services.", unit: "s", queries: [[`histogram_quantile(0.99, sum by (le, component) (rate(rpc_server_call_duration_seconds_bucket{${OF}, rpc_method!~".+/Watch.+"}[${RATE}])))`, "{{component}}"]] }),
  graph({ title: "In flight", description: "Requests that each component works on, without the streams of state between services. The autoscaler looks at this.", unit: "short", queries: [[`sum by (component) (fairlead_in_flight_requests{${OF}})`, "{{component}}"]] }),
  bars({ title: "In flight by pod", description: "Calls under way now by pod: even within a component where balancing works.", unit: "short", queries: [[`sum by (component, pod) (fairlead_in_flight_requests{${OF}})`, "{{pod}}"]] }),
  graph({ title: "Calls that wait for quota", description: "Calls that wait for what their provider accounts let through in a minute, and asks for a share that failed.", unit: "short", queries: [["sum(fairlead_quota_waiting_calls)", "waiting"], [`sum(rate(fairlead_balancing_quota_requests_total{outcome="failed"}[${RATE}]))`, "asks failed a second"]] }),
];

const stores = () => [
  graph({ title: "Connected", description: "1 where every pod of a component is connected to NATS and to Redis, less where some are not.", unit: "percentunit", max: 1, queries: [[`avg by (component) (fairlead_bus_connected{${OF}})`, "NATS {{component}}"], [`avg by (component) (fairlead_state_connected{${OF}})`, "Redis {{component}}"]] }),
  graph({ title: "Ledger, p99", description: "99th percentile of the time of the ledger's operations.", unit: "s", queries: [[`histogram_quantile(0.99, sum by (le, operation) (rate(fairlead_ledger_operation_duration_seconds_bucket[${RATE}])))`, "{{operation}}"]] }),
  graph({ title: "Ledger, failed", description: "Operations of the ledger that failed, by operation.", unit: "ops", queries: [[`sum by (operation) (rate(fairlead_ledger_operations_total{outcome="failed"}[${RATE}]))`, "{{operation}}"]] }),
  graph({
    title: "Events that did not arrive",
    description: "Events dropped while NATS was away, messages set aside as dead letters, and costs that could not be stored.",
    unit: "ops",
    queries: [
      [`sum(rate(fairlead_bus_events_dropped_total[${RATE}]))`, "dropped"],
      [`sum(rate(fairlead_bus_messages_buried_total[${RATE}]))`, "set aside"],
      [`sum(rate(fairlead_cost_events_lost_total[${RATE}]))`, "costs lost"],
    ],
  }),
  graph({ title: "Webhooks", description: "Messages to webhooks by what became of them.", unit: "ops", queries: [[`sum by (endpoint, outcome) (rate(fairlead_webhook_deliveries_total[${RATE}]))`, "{{endpoint}} {{outcome}}"]] }),
  graph({ title: "Spans dropped", description: "Spans that never reached the collector, by reason.", unit: "ops", queries: [[`sum by (component, reason) (rate(fairlead_spans_dropped_total{${OF}}[${RATE}]))`, "{{component}} {{reason}}"]] }),
];

const processes = () => [
  graph({ title: "CPU", description: "Cores used by pod. A process of Node does its own work on one.", unit: "short", queries: [[`sum by (pod) (rate(process_cpu_seconds_total{${OF}}[${RATE}]))`, "{{pod}}"]] }),
  graph({ title: "Memory", description: "Share of the memory that a pod may use.", unit: "percentunit", max: 1, queries: [[`process_resident_memory_bytes{${OF}} / on (component, pod) fairlead_memory_limit_bytes{${OF}}`, "{{pod}}"]] }),
  graph({ title: "Heap", description: "Share of the heap's limit that is used.", unit: "percentunit", max: 1, queries: [[`nodejs_heap_size_used_bytes{${OF}} / on (component, pod) fairlead_heap_limit_bytes{${OF}}`, "{{pod}}"]] }),
  graph({ title: "Event loop lag, p99", description: "How late timers fire: above 0.1 s a pod has more to do than one core can.", unit: "s", queries: [[`max by (pod) (nodejs_eventloop_lag_p99_seconds{${OF}})`, "{{pod}}"]] }),
  graph({ title: "Garbage collection", description: "Share of the time that is spent on it.", unit: "percentunit", queries: [[`sum by (pod) (rate(nodejs_gc_duration_seconds_sum{${OF}}[${RATE}]))`, "{{pod}}"]] }),
  graph({ title: "Certificates end in", description: "Time until what is used as a certificate ends, the soonest of a component. Nothing is shown without TLS.", unit: "s", queries: [[`min by (component, certificate) (fairlead_certificate_expiry_timestamp_seconds{${OF}}) - time()`, "{{component}} {{certificate}}"]] }),
  graph({ title: "Open files", description: "File descriptors in use, sockets included.", unit: "short", queries: [[`max by (component) (process_open_fds{${OF}})`, "{{component}}"]] }),
  graph({ title: "Starts", description: "Changes of the start time of a component's processes in the last hour.", unit: "short", queries: [[`sum by (component) (changes(process_start_time_seconds{${OF}}[1h]))`, "{{component}}"]] }),
];
