import { readFileSync } from "node:fs";
import { createTlsCredentials, type TlsCredentials } from "@fairlead/rpc/tls-credentials";
import { type CertificateFacts, checkTlsMaterial, type TlsMaterial, TlsMaterialError } from "@fairlead/rpc/tls-material";
import { createCertificateMetrics } from "./certificate-metrics.ts";
import { ConfigError } from "./config.ts";
import type { ServiceTools } from "./service.ts";
import { TLS_VARIABLES, type TlsConfig } from "./tls-config.ts";
import { watchFile, type WatchFileSettings } from "./watch-file.ts";

/** Mutual TLS of a process. */
export interface Tls extends Pick<TlsCredentials, "server" | "channel"> {
  /** Ends the watching of the files. */
  close(): Promise<void>;
}

/** The file that each part is in. */
const FILES = { certificate: "certFile", privateKey: "keyFile", authorities: "caFile" } as const;

/**
 * Reads certificate, key and authorities, and reads them anew whenever a file changes. What does not fit together, as while
 * files are being written, never takes effect: what was taken last goes on, and the log and the metrics say so.
 *
 * @returns undefined where no files are configured
 * @throws ConfigError that names the variable of the file, where what is there at the start cannot be used
 */
export function openTls(config: TlsConfig, tools: Pick<ServiceTools, "logger" | "metrics" | "now">, watching?: WatchFileSettings): Tls | undefined {
  if (config.certFile === "") return undefined;
  let inUse = readOrEnd(config, tools.now());
  const metrics = createCertificateMetrics(tools.metrics);
  metrics.inUse(inUse.facts);
  const credentials = createTlsCredentials(inUse.material);
  const take = (found: Certificates) => {
    metrics.inUse(found.facts);
    if (areSame(found.material, inUse.material)) return;
    inUse = found;
    credentials.replace(found.material);
    metrics.replaced();
    const { serial, expiresAt } = found.facts;
    tools.logger.info({ serial, expiresAt: new Date(expiresAt).toISOString() }, "other certificates are in use");
  };
  const reload = () => {
    try {
      take(read(config, tools.now()));
    } catch (error) {
      metrics.refused();
      tools.logger.error({ reason: reasonOf(error) }, "changed certificates cannot be used; those from before go on");
    }
  };
  const watches = Object.values(FILES).map((key) => watchFile(config[key], reload, watching));
  // A change since they were read first is not told.
  reload();
  return {
    server: credentials.server,
    channel: credentials.channel,
    close: () => Promise.all(watches.map((watch) => watch.close())).then(() => undefined),
  };
}

interface Certificates {
  readonly material: TlsMaterial;
  readonly facts: CertificateFacts;
}

function read(config: TlsConfig, now: number): Certificates {
  const material = { certificate: readPart("certificate", config), privateKey: readPart("privateKey", config), authorities: readPart("authorities", config) };
  return { material, facts: checkTlsMaterial(material, now) };
}

function readPart(part: keyof TlsMaterial, config: TlsConfig): Buffer {
  try {
    return readFileSync(config[FILES[part]]);
  } catch (error) {
    throw new TlsMaterialError(part, `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
  }
}

function readOrEnd(config: TlsConfig, now: number): Certificates {
  try {
    return read(config, now);
  } catch (error) {
    throw new ConfigError(`Configuration: ${reasonOf(error)}`);
  }
}

function areSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return (Object.keys(FILES) as (keyof TlsMaterial)[]).every((part) => one[part].equals(other[part]));
}

function reasonOf(error: unknown): string {
  return error instanceof TlsMaterialError ? `${TLS_VARIABLES[FILES[error.part]]}: ${error.message}` : String(error);
}
