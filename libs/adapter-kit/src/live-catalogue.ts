import type { ServiceTools } from "@fairlead/runtime/service";
import { type FileWatch, watchFile } from "@fairlead/runtime/watch-file";
import { Counter, Gauge, type Registry } from "prom-client";
import { type CatalogueSource, type ModelCatalogue, readCatalogue } from "./model-catalogue.ts";

/** A catalogue that follows its file. */
export interface LiveCatalogue<Traits> {
  /** What holds now; replaced as a whole. */
  readonly current: ModelCatalogue<Traits>;
  /** Reads it anew, as after a change of its file. */
  refresh(): void;
  close(): Promise<void>;
}

/** What following a catalogue needs. */
export interface LiveCatalogueDependencies {
  readonly logger: ServiceTools["logger"];
  readonly metrics: Registry;
  /** Told after each change that holds. */
  readonly onChange: () => void;
}

/**
 * Reads a catalogue and follows the operator's file. A change that cannot be used leaves what held before in force, is
 * logged with its place and counted.
 *
 * @throws CatalogueError when it cannot be used from the start
 */
export function openCatalogue<Traits>(source: CatalogueSource<Traits>, dependencies: LiveCatalogueDependencies): LiveCatalogue<Traits> {
  const { logger, metrics, onChange } = dependencies;
  const { provider, file = "" } = source;
  const tell = catalogueMetrics(metrics, provider);
  const watch = file === "" ? undefined : watchFile(file, () => reload());
  let current = readFirst(source, watch);
  const note = () => {
    const unpriced = current.models.filter(({ prices }) => prices.length === 0).map(({ model }) => model);
    tell.unpriced(unpriced.length);
    if (unpriced.length > 0) logger.warn({ provider, models: unpriced.slice(0, 20) }, "models without a price are never chosen");
  };
  note();

  function reload(): void {
    try {
      current = readCatalogue(source);
    } catch (error) {
      tell.reloaded("broken");
      logger.error({ provider, problem: (error as Error).message }, "the models file cannot be used; what held before stays");
      return;
    }
    tell.reloaded("loaded");
    logger.info({ provider, models: current.models.length }, "models loaded anew");
    note();
    onChange();
  }
  return {
    get current() {
      return current;
    },
    refresh: reload,
    close: async () => watch?.close(),
  };
}

/** The watching has begun before, so that no change is missed; it ends where there is nothing to follow. */
function readFirst<Traits>(source: CatalogueSource<Traits>, watch: FileWatch | undefined): ModelCatalogue<Traits> {
  try {
    return readCatalogue(source);
  } catch (error) {
    void watch?.close();
    throw error;
  }
}

function catalogueMetrics(registry: Registry, provider: string) {
  const reloads = counter(registry);
  const unpriced = gauge(registry).labels({ provider });
  for (const outcome of ["loaded", "broken"]) reloads.labels({ provider, outcome }).inc(0);
  return {
    reloaded: (outcome: "loaded" | "broken") => reloads.labels({ provider, outcome }).inc(),
    unpriced: (count: number) => unpriced.set(count),
  };
}

/** Adapters in one process share the registry, and so the metric. */
function counter(registry: Registry): Counter<string> {
  const name = "fairlead_catalogue_reload_total";
  const known = registry.getSingleMetric(name) as Counter<string> | undefined;
  const help = "Changes of models files by whether they could be used.";
  return known ?? new Counter({ name, help, labelNames: ["provider", "outcome"], registers: [registry] });
}

function gauge(registry: Registry): Gauge<string> {
  const name = "fairlead_catalogue_unpriced_models";
  const known = registry.getSingleMetric(name) as Gauge<string> | undefined;
  const help = "Models that are offered without a price, and so never chosen.";
  return known ?? new Gauge({ name, help, labelNames: ["provider"], registers: [registry] });
}
