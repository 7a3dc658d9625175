import { z } from "zod";
import { deploymentName, type Fault, type FaultReport, faultSchema } from "../faults/fault.ts";
import type { FaultList } from "../faults/fault-list.ts";
import type { AnswerSettingsStore, ModelSettings } from "../models/answer-settings.ts";
import type { RequestFilter, RequestLog, RequestStats } from "../requests/request-log.ts";
import type { Wire } from "../wire.ts";
import { InvalidControl, parse } from "./parse.ts";
import { type ReceivedRequest, toReceivedRequest } from "./received-request.ts";

/** What a test can do to a running simulator, in process or over `/control`. Bad values throw `InvalidControl`. */
export interface SimulatorControl {
  /** Replaces all faults. The first fault in the list that matches a request and is due hits it. */
  setFaults(faults: readonly Fault[]): readonly FaultReport[];
  addFault(fault: Fault): readonly FaultReport[];
  clearFaults(): void;
  faults(): readonly FaultReport[];
  /**
   * Sets how one model of a provider answers, or all of them (`*`), at one deployment or, without one, at all; replaces
   * what was set for the same name.
   */
  setModel(provider: string, model: string, settings: ModelSettings, deployment?: string): void;
  clearModels(): void;
  /** What has been set, by `provider/model` or `provider/model#deployment`. */
  models(): Readonly<Record<string, ModelSettings>>;
  /** The last 1,000 requests, oldest first. */
  requests(filter?: RequestFilter): readonly ReceivedRequest[];
  /** Forgets the requests and starts the counters anew. */
  clearRequests(): void;
  /** Whether bodies of requests are kept, 64 KiB of each. Off at first. */
  record(options: { readonly bodies: boolean }): void;
  stats(): RequestStats;
}

export interface ControlParts {
  readonly wires: readonly Wire[];
  readonly settings: AnswerSettingsStore;
  readonly faults: FaultList;
  readonly log: RequestLog;
}

const MOST_FAULTS = 1_000;
const MOST_SETTINGS = 10_000;
const MOST_TOKENS = 200_000;
const faultsSchema = z.array(faultSchema).max(MOST_FAULTS);
const recordSchema = z.strictObject({ bodies: z.boolean() });
const settingsSchema = z.strictObject({
  firstTokenMs: z.number().min(0).max(3_600_000).optional(),
  tokensPerSecond: z.number().positive().optional(),
  text: z.string().max(1_000_000).optional(),
  chunks: z.int().min(1).max(MOST_TOKENS).optional(),
  outputTokens: z.int().min(1).max(MOST_TOKENS).optional(),
  refusal: z.string().max(10_000).optional(),
  structuredOutput: z.enum(["valid", "broken", "wrong"]).optional(),
});

/** Makes the control of a simulator from its parts. */
export function createControl({ wires, settings, faults, log }: ControlParts): SimulatorControl {
  return {
    setFaults: (list) => {
      faults.replace(parse(faultsSchema, list, "faults"));
      return faults.list();
    },
    addFault: (fault) => {
      if (faults.size >= MOST_FAULTS) throw new InvalidControl("faults", `there are ${MOST_FAULTS} already`);
      faults.add(parse(faultSchema, fault));
      return faults.list();
    },
    clearFaults: () => faults.replace([]),
    faults: () => faults.list(),
    setModel: (provider, model, change, deployment = "") => {
      if (settings.size >= MOST_SETTINGS) throw new InvalidControl("model", `there are ${MOST_SETTINGS} settings already`);
      const name = modelName(wires, provider, model);
      settings.set(provider, name, parse(settingsSchema, change), deployment === "" ? "" : parse(deploymentName, deployment, "deployment"));
    },
    clearModels: () => settings.clear(),
    models: () => settings.list(),
    requests: (filter) => log.list(filter).map(toReceivedRequest),
    clearRequests: () => log.clear(),
    record: (options) => {
      log.bodies = parse(recordSchema, options).bodies;
    },
    stats: () => log.stats(),
  };
}

function modelName(wires: readonly Wire[], provider: string, model: string): string {
  const wire = wires.find((candidate) => candidate.provider === provider);
  if (wire === undefined) throw new InvalidControl("provider", `there is no provider ${JSON.stringify(provider)}`);
  const name = model === "*" ? model : wire.models.find(model)?.id;
  if (name === undefined) throw new InvalidControl("model", `${provider} has no model ${JSON.stringify(model)}`);
  return name;
}
