import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Baseline as KeptBaseline, BaselineBookSchema, BaselineCellSchema, BaselineSchema } from "@fairlead/contracts/sla/v1/history";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { type Anomaly, AnomalySchema } from "@fairlead/contracts/sla/v1/report";
import { advanceAnomaly, type AnomalySettings, type AnomalyState, type NoiseFloor, ORDINARY } from "@fairlead/decision/sla/advance-anomaly";
import { type Baseline, EMPTY_BASELINE, HOURS_OF_WEEK, learnSample } from "@fairlead/decision/sla/baseline";
import { metricFacts } from "@fairlead/decision/sla/metric";
import { MESH, type Scope, scopeKey, scopeName } from "@fairlead/decision/sla/scope";
import type { RecordStore } from "@fairlead/state/record-store";
import type { IntervalLog } from "./interval-log.ts";
import { minuteFigure, type MinuteCounts } from "./minute-counts.ts";
import type { Subject } from "./subject.ts";

export type AnomalyLog = IntervalLog<typeof AnomalySchema>;

/** What the watch needs. */
export interface AnomalyWatchPorts {
  readonly settings: AnomalySettings;
  readonly log: AnomalyLog;
  readonly records: RecordStore;
  /** Unix milliseconds of the start: a minute that began before was only seen in part. */
  readonly startedAt: number;
}

interface Figure {
  baseline: Baseline;
  state: AnomalyState;
}

interface Watched {
  readonly scope: Scope;
  readonly figures: ReadonlyMap<SlaMetric, Figure>;
}

const METRICS: readonly SlaMetric[] = [SlaMetric.ERROR_RATE, SlaMetric.LATENCY_MEAN, SlaMetric.TRAFFIC, SlaMetric.COST];
/** A scope's baselines take about 16 KB. */
const MOST_WATCHED = 500;
/** Calls in a minute below which its rates say nothing. */
const LEAST_CALLS = 10;
const MINUTE = 60_000;
const KIND = "sla-baseline";
const KEEP_MS = 60 * 86_400_000;
/** Baselines are kept one part after the other, so that not all are written at once. */
const PARTS = 10;

/** Holds the figures of each minute against what is usual for its hour of the week, and tells those that stand out. */
export class AnomalyWatch {
  readonly #ports: AnomalyWatchPorts;
  readonly #watched = new Map<string, Watched>();

  constructor(ports: AnomalyWatchPorts) {
    this.#ports = ports;
  }

  /** Takes up the baselines that are kept. Rejects with StateError. */
  async restore(): Promise<void> {
    for (const { value } of await this.#ports.records.load(KIND)) {
      for (const kept of fromBinary(BaselineBookSchema, value).baselines) {
        const figure = this.#watch(kept.scope ?? MESH)?.figures.get(kept.metric);
        if (figure !== undefined) figure.baseline = fromKept(kept);
      }
    }
  }

  /** Takes in a minute of a subject that is over. */
  minuteOver({ scope }: Subject, minute: MinuteCounts): void {
    // A model's calls are those of its providers' targets, and the first minute is not whole.
    if ((scope.provider === "" && scope.model !== "") || minute.start < this.#ports.startedAt) return;
    const watched = this.#watch(scope);
    if (watched === undefined) return;
    for (const [metric, figure] of watched.figures) this.#take(scope, metric, figure, minute);
  }

  /** Keeps a part of the baselines, or all. Rejects with StateError. */
  async keep(now: number, all = false): Promise<void> {
    const part = Math.floor(now / MINUTE) % PARTS;
    let index = 0;
    for (const [key, watched] of this.#watched) {
      if (all || index % PARTS === part) await this.#put(key, watched, now);
      index += 1;
    }
  }

  async #put(key: string, { scope, figures }: Watched, now: number): Promise<void> {
    let samples = 0;
    const baselines = [...figures].map(([metric, { baseline }]) => {
      samples += baseline.overall.samples;
      const cells = { overall: toCell(baseline.overall), hours: baseline.hours.map(toCell) };
      return create(BaselineSchema, { scope, metric, ...cells });
    });
    if (samples === 0) return;
    const value = toBinary(BaselineBookSchema, create(BaselineBookSchema, { baselines }));
    await this.#ports.records.put(KIND, { key, revision: samples, value }, now + KEEP_MS, now);
  }

  #take(scope: Scope, metric: SlaMetric, figure: Figure, minute: MinuteCounts): void {
    const value = minuteFigure(metric, minute);
    const calls = minute.succeeded + minute.failed;
    const isRate = metric === SlaMetric.ERROR_RATE || metric === SlaMetric.LATENCY_MEAN;
    if (value === undefined || (isRate && calls < LEAST_CALLS)) return;
    const at = minute.start;
    const floor = floorOf(metric, figure.baseline.overall.mean, calls);
    figure.state = advanceAnomaly(figure.state, figure.baseline, { at, value }, floor, this.#ports.settings);
    figure.baseline = learnSample(figure.baseline, value, at);
    this.#tell(scope, metric, figure.state, at + MINUTE);
  }

  #tell(scope: Scope, metric: SlaMetric, { standsOut, worst }: AnomalyState, now: number): void {
    const { log } = this.#ports;
    const name = anomalyName(scope, metric);
    const known = log.under(name);
    if (standsOut && worst !== undefined) {
      const { start, value, expected, deviations } = worst;
      const facts = { scope, metric, start: timestampFromMs(start), value, expected, deviations };
      const anomaly = create(AnomalySchema, { ...facts, message: describe(scope, metric, worst) });
      if (known === undefined) log.begin(name, anomaly, now);
      else log.change(name, anomaly);
    } else if (known !== undefined) log.end(name, { ...known, end: timestampFromMs(now) }, now);
  }

  #watch(scope: Scope): Watched | undefined {
    const key = scopeKey(scope);
    let watched = this.#watched.get(key);
    if (watched !== undefined || this.#watched.size >= MOST_WATCHED) return watched;
    watched = { scope, figures: new Map(METRICS.map((metric) => [metric, { baseline: EMPTY_BASELINE, state: ORDINARY }])) };
    this.#watched.set(key, watched);
    return watched;
  }
}

/** A name for the anomalies of one figure. */
export function anomalyName(scope: Scope, metric: SlaMetric): string {
  return `${scopeKey(scope)}\u0001${metric}`;
}

/** The name of a kept anomaly. */
export function nameOfAnomaly({ scope, metric }: Anomaly): string {
  return anomalyName(scope ?? MESH, metric);
}

/** Counting has noise of its own: a share that of drawing, a number of calls that of Poisson. */
function floorOf(metric: SlaMetric, mean: number, calls: number): NoiseFloor {
  if (metric === SlaMetric.ERROR_RATE) {
    const share = Math.min(0.5, Math.max(0.01, mean));
    return { noise: Math.max(0.01, Math.sqrt((share * (1 - share)) / Math.max(1, calls))), shareOfMean: 0 };
  }
  if (metric === SlaMetric.TRAFFIC) return { noise: 1 + Math.sqrt(Math.max(0, mean)), shareOfMean: 0.1 };
  return metric === SlaMetric.LATENCY_MEAN ? { noise: 5, shareOfMean: 0.05 } : { noise: 1e-6, shareOfMean: 0.1 };
}

function describe(scope: Scope, metric: SlaMetric, { value, expected, deviations }: { value: number; expected: number; deviations: number }): string {
  const { subject, format } = metricFacts(metric);
  const high = deviations > 0;
  const far = `${Math.abs(Math.round(deviations * 10) / 10)} standard deviations ${high ? "above" : "below"} the ${format(expected, false)} that are usual at this hour`;
  return `${scopeName(scope)}: ${subject(format(value, high))} is ${far}.`;
}

function toCell({ mean, spread, samples }: Baseline["overall"]) {
  return create(BaselineCellSchema, { mean, spread, samples });
}

function fromKept({ overall, hours }: KeptBaseline): Baseline {
  const cellOf = (cell: { mean: number; spread: number; samples: number } | undefined) => ({
    mean: cell?.mean ?? 0,
    spread: cell?.spread ?? 0,
    samples: cell?.samples ?? 0,
  });
  return { overall: cellOf(overall), hours: Array.from({ length: HOURS_OF_WEEK }, (_, hour) => cellOf(hours[hour])) };
}
