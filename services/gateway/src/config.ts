import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";

/** What the service connects to. */
export const gatewayLinks = defineLinks({ peers: ["router", "fallbackManager", "loadBalancer", "costOptimizer", "slaMonitor"] });

/** Where the edge listens and what it takes. */
export const gatewayConfig = defineConfig({
  section: "gateway",
  schema: z.strictObject({
    httpHost: z.string().min(1).default("127.0.0.1"),
    /** 0 takes a free one. */
    httpPort: z.coerce.number().int().min(0).max(65_535).default(8080),
    /** Bytes of a request's body at most. */
    maxBodyBytes: z.coerce.number().int().min(1_024).max(33_554_432).default(33_554_432),
    /** Headers that routing rules may look at, in small letters; others never reach a router. */
    routingHeaders: z
      .array(z.string().regex(/^[a-z0-9-]{1,64}$/, "expected a header's name in small letters"))
      .max(16)
      .default([]),
    /** Milliseconds in which a request's headers and body must have come. */
    receiveMs: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
    /** Milliseconds for a whole request, whatever it asks for. */
    maxRequestMs: z.coerce.number().int().min(100).max(3_600_000).default(3_600_000),
    /** Milliseconds of silence in a streamed chat after which it is told that it lives; 0: never. */
    keepAliveMs: z.coerce.number().int().min(0).max(600_000).default(10_000),
  }),
  environment: {
    FAIRLEAD_HTTP_HOST: "httpHost",
    FAIRLEAD_HTTP_PORT: "httpPort",
    FAIRLEAD_MAX_BODY_BYTES: "maxBodyBytes",
    FAIRLEAD_RECEIVE_MS: "receiveMs",
    FAIRLEAD_MAX_REQUEST_MS: "maxRequestMs",
    FAIRLEAD_KEEP_ALIVE_MS: "keepAliveMs",
  },
});

export type GatewayConfig = z.infer<(typeof gatewayConfig)["schema"]>;
