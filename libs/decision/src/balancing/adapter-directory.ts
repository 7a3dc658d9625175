import type { ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import type { AdapterAnnounced } from "@fairlead/contracts/events/v1/event";

/** A running adapter and the targets it offers. */
export interface AnnouncedAdapter {
  readonly provider: string;
  /** The process; several serve one provider. */
  readonly instance: string;
  readonly targets: readonly TargetName[];
  /** Unix milliseconds of its last announcement. */
  readonly seenAt: number;
}

/** The adapters that are there. */
export type AdapterDirectory = readonly AnnouncedAdapter[];

/** Names a target. */
export interface TargetName {
  readonly provider: string;
  readonly model: string;
  /** Empty: the model's only deployment. */
  readonly deployment: string;
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

/** One name of a target, for use as a key. A provider's id holds no "/", and a deployment's name no "#". */
export function targetKey({ provider, model, deployment }: TargetName): string {
  return deployment === "" ? `${provider}/${model}` : `${provider}/${model}#${deployment}`;
}

/** The targets of a provider: each model, or each of its deployments. */
export function offeredTargets({ provider, models }: ProviderDescription): TargetName[] {
  return models.flatMap(({ model, deployments }) => {
    if (deployments.length === 0) return [{ provider, model, deployment: "" }];
    return deployments.map(({ deployment }) => ({ provider, model, deployment }));
  });
}

/** Takes an announcement. Returns the same directory where it changes nothing. */
export function advanceDirectory(directory: AdapterDirectory, told: AdapterAnnounced, now: number): AdapterDirectory {
  const description = told.description;
  if (description === undefined || description.provider === "") return directory;
  const { provider, instance } = description;
  const index = directory.findIndex((adapter) => adapter.provider === provider && adapter.instance === instance);
  if (told.leaving) return index < 0 ? directory : directory.toSpliced(index, 1);
  const targets = offeredTargets(description);
  const known = directory[index];
  if (known === undefined) {
    return directory.length >= MOST_ADAPTERS ? directory : [...directory, { provider, instance, targets, seenAt: now }];
  }
  return directory.with(index, {
    ...known,
    targets: sameTargets(known.targets, targets) ? known.targets : targets,
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
  return left.length === right.length && left.every((adapter, index) => adapter.targets === right[index]?.targets);
}

/** The targets on offer by their keys, each once. */
export function announcedTargets(directory: AdapterDirectory): Map<string, TargetName> {
  const targets = new Map<string, TargetName>();
  for (const adapter of directory) {
    for (const target of adapter.targets) targets.set(targetKey(target), target);
  }
  return targets;
}

function sameTargets(left: readonly TargetName[], right: readonly TargetName[]): boolean {
  if (left.length !== right.length) return false;
  return left.every(({ model, deployment }, index) => model === right[index]?.model && deployment === right[index]?.deployment);
}
