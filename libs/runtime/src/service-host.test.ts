import { BalancingService } from "@fairlead/contracts/balancing/v1/balancing_service";
import { defineLinks, type Links } from "./links.ts";
import { createHost, type HostParts } from "./service-host.ts";
import { createLogger, createMetrics, createTools } from "./service-tools.ts";

const parts = (closing: HostParts["closing"] = () => undefined): HostParts => ({
  config: {} as HostParts["config"],
  tools: createTools("test", createLogger("silent"), createMetrics()),
  instance: "test-1",
  reach: (_what, attempt) => attempt(),
  observe: () => () => undefined,
  tls: undefined,
  closing,
});

describe("what a service is built with", () => {
  it("is what its links declare, and nothing else", () => {
    const all = createHost(defineLinks({ adapters: true, nats: true, redis: true }), parts());
    expect([all.connectAdapter, all.nats.url.servers, all.redis.url]).toEqual([expect.any(Function), ["127.0.0.1:4222"], "redis://127.0.0.1:6379"]);
    const none = createHost(defineLinks({}) as Links, parts());
    for (const key of ["connectAdapter", "nats", "redis", "tls", "observe"]) expect(none).not.toHaveProperty(key);
  });

  it("has no way to a peer that is not declared", () => {
    const host = createHost(defineLinks({ peers: ["loadBalancer"] }), parts());
    // @ts-expect-error -- the types say so as well
    expect(() => host.connect(BalancingService, "router")).toThrow("router is not among the links of this service");
  });

  it("closes the connections to its peers", async () => {
    const closing: (() => void | Promise<void>)[] = [];
    const host = createHost(defineLinks({ peers: ["loadBalancer"] }), parts((close) => void closing.push(close)));
    const client = host.connect(BalancingService, "loadBalancer");
    for (const close of closing) await close();
    await expect(client.listTargets({})).rejects.toThrow(/shut down/);
  });
});
