import { createHash } from "node:crypto";
import { toJson } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Alert, AlertSchema } from "@fairlead/contracts/sla/v1/alert";
import type { AlertRecords } from "../alert-records.ts";
import type { WebhookConfig } from "../webhook-config.ts";
import { type DeliveryOutcome, WebhookEndpoint } from "./webhook-endpoint.ts";

/** What the sender needs. */
export interface WebhookSenderPorts {
  readonly webhooks: readonly WebhookConfig[];
  /** By the webhook's name. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly records: AlertRecords;
  readonly now: () => number;
  readonly count: (endpoint: string, outcome: DeliveryOutcome) => void;
  readonly problem: (reason: string, endpoint: string) => void;
}

/** Changes that are older are not told any more by who takes over. */
const LATE_MS = 3_600_000;

/** Tells endpoints of alerts, and remembers which changes they were told of, so that who takes over tells the rest. */
export class WebhookSender {
  readonly #ports: WebhookSenderPorts;
  readonly #endpoints: readonly { readonly config: WebhookConfig; readonly endpoint: WebhookEndpoint }[];

  constructor(ports: WebhookSenderPorts) {
    this.#ports = ports;
    this.#endpoints = ports.webhooks.map((config) => {
      const tools = {
        now: ports.now,
        count: (outcome: DeliveryOutcome) => ports.count(config.name, outcome),
        problem: (reason: string) => ports.problem(reason, config.name),
      };
      return { config, endpoint: new WebhookEndpoint(config, ports.secrets.get(config.name) ?? "", tools) };
    });
  }

  /** Tells all endpoints that want to know. */
  send(alert: Alert, news: string): void {
    if (this.#endpoints.length === 0) return;
    const message = toMessage(alert, news);
    const wanted = this.#endpoints.filter(({ config }) => alert.severity >= config.leastSeverity);
    void Promise.all(wanted.map(({ endpoint }) => endpoint.send(message))).then((delivered) => {
      if (!delivered.every(Boolean)) return;
      this.#ports.records.told(alert, this.#ports.now()).catch(() => this.#ports.problem("it could not be kept that it was told", "all"));
    });
  }

  /** Tells what was not told by who looked after the alerts before. Rejects with StateError. */
  async sendMissed(alerts: readonly Alert[]): Promise<void> {
    if (this.#endpoints.length === 0) return;
    const told = await this.#ports.records.allTold();
    for (const alert of alerts) {
      const changed = alert.changedAt === undefined ? 0 : timestampMs(alert.changedAt);
      const known = told.get(alert.alertId) ?? 0;
      if (known < Number(alert.revision) && this.#ports.now() - changed < LATE_MS) this.send(alert, alert.resolved ? "resolved" : "raised");
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map(({ endpoint }) => endpoint.close()));
  }
}

/** The same change has the same id, whoever sends it. */
function toMessage(alert: Alert, news: string) {
  const id = `msg_${createHash("sha256").update(`${alert.alertId}\n${alert.revision}`).digest("base64url").slice(0, 27)}`;
  const timestamp = alert.changedAt === undefined ? undefined : new Date(timestampMs(alert.changedAt)).toISOString();
  return { id, body: JSON.stringify({ type: `alert.${news}`, timestamp, data: toJson(AlertSchema, alert) }) };
}
