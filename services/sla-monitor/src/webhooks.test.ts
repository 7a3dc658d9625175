import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { Webhook } from "standardwebhooks";
import { eventually, type Ground, layGround, type Replica, startReplica } from "./testing/bench.ts";
import { type WebhookConfig } from "./webhook-config.ts";
import { WebhookEndpoint } from "./webhooks/webhook-endpoint.ts";

const SECRET = "whsec_dGhlIHNlY3JldCBvZiB0aGUgaG9vaw==";

interface Receiver {
  readonly url: string;
  readonly received: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Statuses of the next answers; then 204. 0 does not answer. */
  readonly statuses: number[];
  close(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const received: Receiver["received"] = [];
  const statuses: number[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      const status = statuses.shift() ?? 204;
      if (status === 0) return;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hidden`, received, statuses, close };
}

const hook = (url: string, more: Partial<WebhookConfig> = {}): WebhookConfig => ({
  name: "pager",
  url,
  secretEnv: "HOOK",
  leastSeverity: AlertSeverity.INFO,
  timeout: 500,
  attempts: 4,
  backoff: 5,
  allowPrivate: true,
  ...more,
});

let receiver: Receiver;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
  await receiver.close();
});

function endpoint(config: WebhookConfig) {
  const outcomes: string[] = [];
  const problems: string[] = [];
  const made = new WebhookEndpoint(config, SECRET, { now: Date.now, count: (outcome) => outcomes.push(outcome), problem: (reason) => problems.push(reason) });
  closers.push(() => made.close());
  return { outcomes, problems, send: (id = "msg_1") => made.send({ id, body: `{"id":"${id}"}` }), close: () => made.close() };
}

describe("an endpoint of a webhook", () => {
  it("gets messages that its owner can verify", async () => {
    expect(await endpoint(hook(receiver.url)).send()).toBe(true);
    const [message] = receiver.received;
    const headers = message?.headers as Record<string, string>;
    expect(headers["webhook-id"]).toBe("msg_1");
    expect(new Webhook(SECRET).verify(message?.body ?? "", headers)).toEqual({ id: "msg_1" });
    expect(() => new Webhook(SECRET).verify(`${message?.body} `, headers)).toThrow("No matching signature");
  });

  it("gets a message again, with the same id, until it takes it", async () => {
    receiver.statuses.push(500, 503, 0, 200);
    const { send, outcomes } = endpoint(hook(receiver.url, { timeout: 100 }));
    expect(await send()).toBe(true);
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual(["msg_1", "msg_1", "msg_1", "msg_1"]);
    expect(outcomes).toEqual(["retried", "retried", "retried", "delivered"]);
  });

  it("is given up after its attempts, and the next message goes on", async () => {
    receiver.statuses.push(500, 500, 500, 500);
    const { send, outcomes } = endpoint(hook(receiver.url));
    const [first, second] = await Promise.all([send("msg_1"), send("msg_2")]);
    expect([first, second]).toEqual([false, true]);
    expect(outcomes).toEqual(["retried", "retried", "retried", "given_up", "delivered"]);
  });

  it("is not followed where it redirects, nor asked again where it refuses", async () => {
    receiver.statuses.push(302, 400);
    const { send, outcomes, problems } = endpoint(hook(receiver.url));
    expect(await send("msg_1")).toBe(false);
    expect(await send("msg_2")).toBe(false);
    expect(receiver.received).toHaveLength(2);
    expect(outcomes).toEqual(["refused", "refused"]);
    expect(problems).toEqual(["a redirect with status 302, which is not followed", "status 400"]);
  });

  it.each(["http://127.0.0.1:1/hook", "http://[::1]:1/hook", "http://localhost:1/hook", "http://169.254.169.254/latest/meta-data"])(
    "is not called at a private address, by number or by name (%s)",
    async (url) => {
      const { send, outcomes, problems } = endpoint(hook(url.replace(":1/", `:${new URL(receiver.url).port}/`), { allowPrivate: false }));
      expect(await send()).toBe(false);
      expect(receiver.received).toEqual([]);
      expect(outcomes).toEqual(["refused"]);
      expect(problems).toEqual(["its host has a private address"]);
    },
  );

  it("holds a bounded number of messages, and lets go of them at the end", async () => {
    receiver.statuses.push(0);
    const { send, outcomes, close } = endpoint(hook(receiver.url, { timeout: 5_000 }));
    const all = Array.from({ length: 1_005 }, (_, index) => send(`msg_${index}`));
    await eventually(() => receiver.received.length === 1);
    expect(outcomes.filter((outcome) => outcome === "dropped")).toHaveLength(4);
    await close();
    expect((await Promise.all(all)).some(Boolean)).toBe(false);
  });
});

describe("webhooks", () => {
  let ground: Ground;
  const start = async (more: Partial<WebhookConfig> = {}): Promise<Replica> => {
    const webhooks = [hook(receiver.url, more)];
    const replica = await startReplica(ground, { config: { webhooks }, secrets: new Map([["pager", SECRET]]) });
    closers.unshift(() => replica.close());
    return replica;
  };
  const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string; data: { alertId: string } })).map(({ type, data }) => `${type} ${data.alertId}`);

  beforeEach(() => {
    ground = layGround();
    closers.push(() => ground.close());
  });

  it("are told of alerts of other services, once, though two replicas hear them", async () => {
    const first = await start();
    await start();
    ground.tell({ alertId: "budget/acme/85", severity: "critical", message: "Budget acme is at 85 %." });
    await eventually(() => receiver.received.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(types()).toEqual(["alert.raised budget/acme/85"]);
    await first.client.acknowledgeAlert({ alertId: "budget/acme/85", acknowledgedBy: "ada" });
    await eventually(() => receiver.received.length === 2);
    expect(types()[1]).toBe("alert.acknowledged budget/acme/85");
    expect(await first.metrics.metrics()).toContain('fairlead_webhook_deliveries_total{endpoint="pager",outcome="delivered"} 2');
  });

  it("are told only of alerts that are bad enough", async () => {
    await start({ leastSeverity: AlertSeverity.CRITICAL });
    ground.tell({ alertId: "budget/acme/50", severity: "info", message: "Budget acme is at 50 %." });
    ground.tell({ alertId: "budget/acme/85", severity: "critical", message: "Budget acme is at 85 %." });
    await eventually(() => receiver.received.length === 1);
    expect(types()).toEqual(["alert.raised budget/acme/85"]);
  });

  it("are told after a new start of what could not be told before, with the same id", async () => {
    receiver.statuses.push(500, 500, 500, 500);
    const first = await start();
    ground.tell({ alertId: "budget/acme/85", severity: "critical", message: "Budget acme is at 85 %." });
    await eventually(() => receiver.received.length === 4);
    await first.close();
    await start();
    await eventually(() => receiver.received.length === 5);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(receiver.received).toHaveLength(5);
  });
});
