/** What has to be in a namespace before the chart is installed with the values of one environment. */
export interface Environment {
  readonly name: "dev" | "staging" | "production";
  /** Data by Secret; nothing reads them, for no container runs. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const NATS = { url: "tls://nats.nats.svc:4222", "nats.creds": "made up" };
const REDIS = { url: "rediss://redis.redis.svc:6380" };
const KEY = { "api-key": "made up" };
const EDGE = { "tls.crt": "made up", "tls.key": "made up" };

export const ENVIRONMENTS: readonly Environment[] = [
  { name: "dev", secrets: {} },
  {
    name: "staging",
    secrets: { "fairlead-nats": NATS, "fairlead-redis": REDIS, "fairlead-openai": KEY, "fairlead-anthropic": KEY, "llm-staging-example-com": EDGE },
  },
  {
    name: "production",
    secrets: { "fairlead-nats": NATS, "fairlead-redis": REDIS, "fairlead-openai": KEY, "fairlead-anthropic": KEY, "fairlead-google": KEY, "llm-example-com": EDGE },
  },
];
