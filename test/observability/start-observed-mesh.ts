import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createAuthority } from "@fairlead/testing/certificate-authority";
import { mountSecret } from "../support/mounted-secret.ts";
import { type MeshShape, startMesh } from "../support/start-mesh.ts";
import { startTraceCollector, type TraceCollector } from "../support/trace-collector.ts";

/** A mesh in which everything is switched on that tells something: mutual TLS, traces, webhooks, limits. */
export interface ObservedMesh extends MeshShape {
  readonly collector: TraceCollector;
}

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Starts it, with two routers. */
export async function startObservedMesh(): Promise<ObservedMesh> {
  const [authority, collector] = await Promise.all([createAuthority("CN=Observed"), startTraceCollector()]);
  const { certificate, privateKey } = await authority.issue();
  const secret = mountSecret({ "tls.crt": certificate, "tls.key": privateKey, "ca.crt": authority.certificate });
  const shape = await startMesh(
    {
      FAIRLEAD_CONFIG: fileOf("mesh-config.yaml"),
      FAIRLEAD_PROVIDERS: "openai,anthropic,google",
      ANTHROPIC_MODELS_FILE: fileOf("mesh-models.yaml"),
      PAGER_SECRET: `whsec_${randomBytes(24).toString("base64")}`,
      FAIRLEAD_TLS_CERT_FILE: `${secret.folder}/tls.crt`,
      FAIRLEAD_TLS_KEY_FILE: `${secret.folder}/tls.key`,
      FAIRLEAD_TLS_CA_FILE: `${secret.folder}/ca.crt`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
    { router: 2 },
  );
  return {
    ...shape,
    collector,
    async close() {
      await shape.close();
      secret.remove();
      await collector.close();
    },
  };
}
