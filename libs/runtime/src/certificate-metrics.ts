import type { CertificateFacts } from "@fairlead/rpc/tls-material";
import { Counter, Gauge, type Registry } from "prom-client";

/** What is told of the certificates in use. */
export interface CertificateMetrics {
  /** What is in use, and that it is what the files hold. */
  inUse(facts: CertificateFacts): void;
  /** Others were taken into use. */
  replaced(): void;
  /** The files changed and cannot be used. */
  refused(): void;
}

/** Makes the metrics of a process's certificates. */
export function createCertificateMetrics(registry: Registry): CertificateMetrics {
  const registers = [registry];
  const expiry = new Gauge({
    name: "fairlead_certificate_expiry_timestamp_seconds",
    help: "Unix seconds at which what is in use ends: own is the process's certificate, authority the last of those it trusts.",
    labelNames: ["certificate"],
    registers,
  });
  const successful = new Gauge({
    name: "fairlead_certificate_reload_successful",
    help: "1 while the certificates in use are those in the files, 0 while the files cannot be used and older ones go on.",
    registers,
  });
  const reloads = new Counter({ name: "fairlead_certificate_reloads_total", help: "Times that other certificates were taken into use.", registers });
  const failures = new Counter({
    name: "fairlead_certificate_reload_failures_total",
    help: "Times that the files changed and could not be used.",
    registers,
  });
  return {
    inUse({ expiresAt, trustEndsAt }) {
      expiry.set({ certificate: "own" }, expiresAt / 1_000);
      expiry.set({ certificate: "authority" }, trustEndsAt / 1_000);
      successful.set(1);
    },
    replaced: () => reloads.inc(),
    refused() {
      successful.set(0);
      failures.inc();
    },
  };
}
