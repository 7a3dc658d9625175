import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createControlListener } from "./control/control-listener.ts";
import { type SimulatorControl, createControl } from "./control/simulator-control.ts";
import { createIds } from "./create-ids.ts";
import { FaultList } from "./faults/fault-list.ts";
import { createRequestListener } from "./http/request-listener.ts";
import { AnswerSettingsStore } from "./models/answer-settings.ts";
import { RequestLog } from "./requests/request-log.ts";
import type { Simulation } from "./wire.ts";
import { wireFactories } from "./wires.ts";

export interface ProviderSimulatorConfig {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Decides all generated answers; default 1. */
  readonly seed?: number;
  /** How fast models answer: 1 realistic, 2 twice as fast, 0 without any delay (the default). */
  readonly speed?: number;
  /** Longest body of a request in bytes; default 32 MiB. */
  readonly maxBodyBytes?: number;
}

export interface ProviderSimulator extends SimulatorControl {
  /** Starts to listen; rejects if the port is taken. */
  listen(): Promise<{ readonly port: number }>;
  /** Where an SDK is pointed at, by provider; known once the simulator listens. */
  readonly baseUrls: Readonly<Record<string, string>> & {
    readonly openai: string;
    readonly anthropic: string;
    readonly google: string;
  };
  /** Paths of the providers' wires below the simulator's address. */
  readonly basePaths: Readonly<Record<string, string>>;
  /** Where the control API is; known once the simulator listens. */
  readonly controlUrl: string;
  /** Stops listening and closes all sockets. */
  close(): Promise<void>;
}

const DEFAULT_BODY_BYTES = 32 * 1024 * 1024;
const BACKLOG = 8_192;
/** Longer than any client keeps a connection, so that the client is always the one to let it go. */
const KEEP_ALIVE_MS = 120_000;

/** Builds a simulator of all providers: one HTTP server with the wires, the faults and the control API. */
export function createProviderSimulator(config: ProviderSimulatorConfig = {}): ProviderSimulator {
  const { host = "127.0.0.1", port = 0, seed = 1, speed = 0, maxBodyBytes = DEFAULT_BODY_BYTES } = config;
  const settings = new AnswerSettingsStore(speed);
  const faults = new FaultList(seed);
  const log = new RequestLog();
  const nextId = createIds();
  const simulation: Simulation = { seed, settingsOf: (profile, deployment) => settings.of(profile, deployment), nextId, now: Date.now };
  const wires = wireFactories.map((create) => create(simulation));
  const control = createControl({ wires, settings, faults, log });
  const elsewhere = createControlListener(control);
  const listener = createRequestListener({ wires, faults, log, nextId, maxBodyBytes, elsewhere });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  const origin = (): string =>
    `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  return {
    ...control,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port, backlog: BACKLOG }, () =>
          resolve({ port: (server.address() as AddressInfo).port }),
        );
      }),
    get baseUrls() {
      const urls = wires.map((wire) => [wire.provider, origin() + wire.basePath]);
      return Object.fromEntries(urls) as ProviderSimulator["baseUrls"];
    },
    basePaths: Object.fromEntries(wires.map((wire) => [wire.provider, wire.basePath])),
    get controlUrl() {
      return `${origin()}/control`;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
