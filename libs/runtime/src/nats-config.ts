import { z } from "zod";
import { defineConfig } from "./config.ts";

/** Where NATS is and how one logs in there. */
export interface NatsAddress {
  /** Hosts and ports. */
  readonly servers: readonly string[];
  /** True: without TLS nothing is sent. False: TLS where the server offers it. */
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** Where events are exchanged. */
export const natsConfig = defineConfig({
  section: "nats",
  schema: z.strictObject({
    /** NATS servers, separated by commas, for example nats://user:password@host:4222; tls:// is with TLS only. */
    url: z
      .string()
      .default("nats://127.0.0.1:4222")
      .transform((url, context) => {
        const address = parseNatsUrl(url);
        if (typeof address !== "string") return address;
        context.addIssue({ code: "custom", message: address });
        return z.NEVER;
      }),
    /** File with a JWT and its key, as `nsc` writes it; read anew at each connection. Empty: none. */
    credsFile: z.string().max(4_096).default(""),
    /** Servers that keep each cost event; more than one needs a cluster of as many. All processes must say the same. */
    streamReplicas: z.coerce.number().int().min(1).max(5).default(1),
    /** Bytes of cost events that are kept at most; the server must have that room and a sixteenth more. */
    streamMaxBytes: z.coerce.number().int().min(1_048_576).max(1_099_511_627_776).default(4_294_967_296),
  }),
  environment: { FAIRLEAD_NATS_URL: "url", FAIRLEAD_NATS_CREDS_FILE: "credsFile", FAIRLEAD_NATS_STREAM_REPLICAS: "streamReplicas", FAIRLEAD_NATS_STREAM_MAX_BYTES: "streamMaxBytes" },
  secrets: ["url"],
});

export type NatsConfig = z.infer<(typeof natsConfig)["schema"]>;

/** Takes a list of addresses apart, as the client itself does not: it looks at hosts and ports only. A text says what is wrong. */
function parseNatsUrl(list: string): NatsAddress | string {
  const urls = list.split(",").map((one) => parseOne(one.trim()));
  const [first] = urls;
  if (first === undefined || first === null || urls.some((url) => url === null)) return "expected nats:// or tls:// with a host, several with commas";
  const login = loginOf(first);
  // The client has one login for all servers, so all may name it or only the first.
  const others = urls.slice(1).map((url) => JSON.stringify(loginOf(url as URL)));
  if (others.some((other) => other !== "{}" && other !== JSON.stringify(login))) return "expected the same user and password for all servers";
  return { servers: urls.map((url) => hostOf(url as URL)), tls: urls.some((url) => url?.protocol === "tls:"), ...login };
}

function parseOne(text: string): URL | null {
  const url = URL.parse(text.includes("://") ? text : `nats://${text}`);
  return url !== null && /^(nats|tls):$/.test(url.protocol) && url.hostname !== "" ? url : null;
}

function hostOf({ hostname, port }: URL): string {
  return `${hostname}:${port === "" ? "4222" : port}`;
}

/** A name without a password is a token. */
function loginOf({ username, password }: URL): Pick<NatsAddress, "user" | "password" | "token"> {
  if (username === "") return {};
  if (password === "") return { token: decodeURIComponent(username) };
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}
