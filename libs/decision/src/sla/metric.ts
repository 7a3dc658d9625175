import { SlaMetric } from "@fairlead/contracts/sla/v1/level";

/** What is known of a metric. */
export interface MetricFacts {
  /** Name in the configuration and in labels. */
  readonly name: string;
  readonly better: "higher" | "lower";
  /** The figure as the subject of a sentence. */
  readonly subject: (value: string) => string;
  /** A figure as people read it; `up` says which way it may be rounded so that it is not shown as the bound it crossed. */
  readonly format: (value: number, up: boolean) => string;
  /** What a good or bad event is. */
  readonly unit: "calls" | "minutes";
}

const of = (noun: string) => (value: string) => `The ${noun} of ${value}`;
const rounded = (value: number, digits: number, up: boolean) => {
  const scale = 10 ** digits;
  return ((up ? Math.ceil(value * scale - 1e-6) : Math.floor(value * scale + 1e-6)) / scale).toString();
};
const percent = (value: number, up: boolean) => `${rounded(value * 100, 2, up)} %`;
const milliseconds = (value: number) => `${Math.round(value)} ms`;
const aMinute = (value: number, up: boolean) => `${rounded(value, 2, up)} a minute`;
const dollars = (value: number, up: boolean) => `${rounded(value, 6, up)} dollars`;
const plain = (value: number, up: boolean) => rounded(value, 3, up);

const FACTS = new Map<SlaMetric, MetricFacts>([
  [SlaMetric.SUCCESS_RATE, { name: "success_rate", better: "higher", subject: of("success rate"), format: percent, unit: "calls" }],
  [SlaMetric.AVAILABILITY, { name: "availability", better: "higher", subject: of("availability"), format: percent, unit: "minutes" }],
  [
    SlaMetric.LATENCY_P95,
    { name: "latency_p95", better: "lower", subject: (value) => `The 95th percentile of the latency, ${value},`, format: milliseconds, unit: "calls" },
  ],
  [SlaMetric.THROUGHPUT, { name: "throughput", better: "higher", subject: of("throughput"), format: aMinute, unit: "minutes" }],
  [SlaMetric.COST_PER_SUCCESS, { name: "cost_per_success", better: "lower", subject: of("cost per success"), format: dollars, unit: "minutes" }],
  [SlaMetric.QUALITY_SCORE, { name: "quality_score", better: "higher", subject: of("mean quality score"), format: plain, unit: "minutes" }],
  [SlaMetric.ERROR_RATE, { name: "error_rate", better: "lower", subject: of("error rate"), format: percent, unit: "calls" }],
  [SlaMetric.LATENCY_MEAN, { name: "latency_mean", better: "lower", subject: of("mean latency"), format: milliseconds, unit: "calls" }],
  [SlaMetric.TRAFFIC, { name: "traffic", better: "higher", subject: of("traffic"), format: aMinute, unit: "minutes" }],
  [SlaMetric.COST, { name: "cost", better: "lower", subject: of("cost"), format: (value, up) => `${dollars(value, up)} a minute`, unit: "minutes" }],
  [SlaMetric.BURN_RATE, { name: "burn_rate", better: "lower", subject: of("burn rate"), format: plain, unit: "calls" }],
  [SlaMetric.BUDGET_USED, { name: "budget_used", better: "lower", subject: of("used share"), format: percent, unit: "calls" }],
]);

/** Metrics that a service level can be about, in the order in which breaches are named. */
export const LEVEL_METRICS: readonly SlaMetric[] = [
  SlaMetric.SUCCESS_RATE,
  SlaMetric.AVAILABILITY,
  SlaMetric.LATENCY_P95,
  SlaMetric.THROUGHPUT,
  SlaMetric.COST_PER_SUCCESS,
  SlaMetric.QUALITY_SCORE,
];

/** Metrics that a rule of alerts can be about. */
export const RULE_METRICS: readonly SlaMetric[] = [
  ...LEVEL_METRICS,
  SlaMetric.ERROR_RATE,
  SlaMetric.LATENCY_MEAN,
  SlaMetric.TRAFFIC,
  SlaMetric.COST,
  SlaMetric.BURN_RATE,
  SlaMetric.BUDGET_USED,
];

/** What is known of a metric. */
export function metricFacts(metric: SlaMetric): MetricFacts {
  const facts = FACTS.get(metric);
  if (facts === undefined) throw new RangeError(`no such metric: ${metric}`);
  return facts;
}

/** The metric of a name. */
export function metricNamed(name: string): SlaMetric | undefined {
  for (const [metric, facts] of FACTS) if (facts.name === name) return metric;
  return undefined;
}
