import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";

/** A running adapter and the models it offers. */
export interface AnnouncedAdapter {
  readonly provider: string;
  /** The process; several serve one provider. */
  readonly instance: string;
  readonly models: readonly string[];
  /** Unix milliseconds of its last announcement. */
  readonly seenAt: number;
}

/** The adapters that are there. */
export type AdapterDirectory = readonly AnnouncedAdapter[];

/** Names a target. */
export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** When an adapter counts as gone. */
export interface ExpirySettings {
  /** Milliseconds of silence. */
  readonly timeoutMs: number;
  /** Unix milliseconds up to which nothing could be heard, so that silence until then means nothing. 0: never. */
  readonly deafUntil: number;
}

/** More adapters are not taken in: instances are names that others give. */
const MOST_ADAPTERS = 1_000;

/** One name of a target, for use as a key. A provider's id holds no "/". */
export function targetKey(provider: string, model: string): string {
  return `${provider}/${model}`;
}

/** Takes an announcement. Returns the same directory where it changes nothing. */
export function advanceDirectory(directory: AdapterDirectory, told: AdapterAnnounced, now: number): AdapterDirectory {
  const description = told.description;
  if (description === undefined || description.provider === "") return directory;
  const { provider, instance } = description;
  const index = directory.findIndex((adapter) => adapter.provider === provider && adapter.instance === instance);
  if (told.leaving) return index < 0 ? directory : directory.toSpliced(index, 1);
  const models = description.models.map((offer) => offer.model);
  const known = directory[index];
  if (known === undefined) {
    return directory.length >= MOST_ADAPTERS ? directory : [...directory, { provider, instance, models, seenAt: now }];
  }
  return directory.with(index, {
    ...known,
    models: sameList(known.models, models) ? known.models : models,
    seenAt: now,
  });
}

/** Leaves out the adapters that fell silent. Returns the same directory where all are there. */
export function expireAdapters(directory: AdapterDirectory, now: number, settings: ExpirySettings): AdapterDirectory {
  const isThere = (adapter: AnnouncedAdapter) =>
    now - Math.max(adapter.seenAt, settings.deafUntil) <= settings.timeoutMs;
  return directory.every(isThere) ? directory : directory.filter(isThere);
}

/** True when two directories offer the same, whenever it was announced. */
export function sameOffer(left: AdapterDirectory, right: AdapterDirectory): boolean {
  return left.length === right.length && left.every((adapter, index) => adapter.models === right[index]?.models);
}

/** The targets on offer by their keys, each once. */
export function announcedTargets(directory: AdapterDirectory): Map<string, TargetName> {
  const targets = new Map<string, TargetName>();
  for (const { provider, models } of directory) {
    for (const model of models) targets.set(targetKey(provider, model), { provider, model });
  }
  return targets;
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
