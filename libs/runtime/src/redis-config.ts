import { z } from "zod";
import { defineConfig } from "./config.ts";

/** Where shared state is. */
export const redisConfig = defineConfig({
  section: "redis",
  schema: z.strictObject({
    /** For example redis://user:password@host:6379/0; rediss:// is with TLS. */
    url: z
      .string()
      .refine((url) => /^rediss?:$/.test(protocolOf(url)), "expected redis:// or rediss:// with a host")
      .default("redis://127.0.0.1:6379"),
  }),
  environment: { FAIRLEAD_REDIS_URL: "url" },
  secrets: ["url"],
});

export type RedisConfig = z.infer<(typeof redisConfig)["schema"]>;

function protocolOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null || parsed.hostname === "" ? "" : parsed.protocol;
}
