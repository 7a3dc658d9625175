import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@fairlead/local-mesh/free-port";
import { LIVENESS } from "@fairlead/rpc/health-server";
import { type NatsServer, startNatsServer } from "@fairlead/testing/nats-server";
import { type RedisServer, startRedisServer } from "@fairlead/testing/redis-server";
import { healthOf } from "./support/health-check.ts";
import { type ServiceProcess, startService } from "./support/service-process.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;

describe("a service that starts before what it needs", () => {
  let service: ServiceProcess;
  let nats: NatsServer | undefined;
  let redis: RedisServer | undefined;
  let ports: number[];
  let folder: string;

  beforeEach(async () => {
    ports = await freePorts(2);
    folder = mkdtempSync(join(tmpdir(), "fairlead-start-"));
  });

  afterEach(async () => {
    service.signal("SIGKILL");
    await service.ended;
    await Promise.all([nats?.stop(), redis?.stop()]);
    nats = redis = undefined;
    rmSync(folder, { recursive: true });
  }, MINUTE);

  const [natsPort, redisPort] = [() => ports[0] ?? 0, () => ports[1] ?? 0];
  const start = async (environment: Record<string, string> = {}) =>
    void (service = await startService("load-balancer", {
      FAIRLEAD_NATS_URL: `nats://127.0.0.1:${natsPort()}`,
      FAIRLEAD_REDIS_URL: `redis://127.0.0.1:${redisPort()}`,
      ...environment,
    }));
  const logged = (text: string) => until(text, () => service.log().includes(text), MINUTE / 2);
  const times = (text: string) => service.log().split(text).length - 1;
  const isHealthy = (name: string, status: string) => until(`${name} is ${status}`, async () => (await healthOf(service.healthAddress, name)) === status, MINUTE / 2);
  const inFile = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("lives and is not ready while they are away, goes on by itself when they come, and says each change once", async () => {
    await start();
    await logged("Redis cannot be reached");
    await isHealthy(LIVENESS, "SERVING");
    expect(await healthOf(service.healthAddress, "")).toBe("NOT_SERVING");
    expect((await fetch(`${service.adminUrl}/livez`)).status).toBe(200);
    expect((await fetch(`${service.adminUrl}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${service.adminUrl}/metrics`)).text()).toContain("fairlead_ready 0");
    redis = await startRedisServer({ port: redisPort() });
    await logged("Redis is reached");
    await logged("NATS cannot be reached");
    expect(await healthOf(service.healthAddress, "")).toBe("NOT_SERVING");
    nats = await startNatsServer({ port: natsPort() });
    await isHealthy("", "SERVING");
    expect((await fetch(`${service.adminUrl}/readyz`)).status).toBe(200);
    expect(["Redis cannot be reached", "Redis is reached", "NATS cannot be reached", "NATS is reached"].map(times)).toEqual([1, 1, 1, 1]);
    expect(service.log()).toContain("ECONNREFUSED");
  }, MINUTE);

  it("ends at once and well when it is told to while it waits", async () => {
    await start();
    await logged("Redis cannot be reached");
    service.signal("SIGTERM");
    expect(await service.ended).toBe(0);
    expect(service.log()).toContain("stopped");
  }, MINUTE);

  it("takes addresses with passwords from files, and keeps them to itself", async () => {
    redis = await startRedisServer({ port: redisPort() });
    await setPassword(redisPort(), "r3dis-secret");
    nats = await startNatsServer({ port: natsPort(), args: ["--user", "mesh", "--pass", "123@n4ts-secret"] });
    await start({
      FAIRLEAD_NATS_URL: "",
      FAIRLEAD_REDIS_URL: "",
      FAIRLEAD_NATS_URL_FILE: inFile("nats", `nats://mesh:123%40n4ts-secret@127.0.0.1:${natsPort()}\n`),
      FAIRLEAD_REDIS_URL_FILE: inFile("redis", `redis://:r3dis-secret@127.0.0.1:${redisPort()}\n`),
      FAIRLEAD_LOG_LEVEL: "trace",
    });
    await isHealthy("", "SERVING");
    expect(service.log()).not.toContain("secret");
  }, MINUTE);

  it("waits where a password is refused, and tells that without the password", async () => {
    redis = await startRedisServer({ port: redisPort() });
    await setPassword(redisPort(), "r3dis-secret");
    await start({ FAIRLEAD_REDIS_URL: `redis://:wr0ng-secret@127.0.0.1:${redisPort()}` });
    await logged("WRONGPASS");
    expect(await healthOf(service.healthAddress, LIVENESS)).toBe("SERVING");
    expect(service.log()).not.toContain("secret");
  }, MINUTE);

  it.each([
    ["FAIRLEAD_NATS_URL", "http://nats"],
    ["FAIRLEAD_REDIS_URL", "nowhere"],
    ["FAIRLEAD_REDIS_URL_FILE", "/nowhere/redis"],
    ["FAIRLEAD_HEALTH_PORT", "many"],
    ["FAIRLEAD_MAX_CONNECTION_AGE_MS", "-1"],
    ["FAIRLEAD_INSTANCE", "two words"],
    ["FAIRLEAD_TLS_CERT_FILE", "/nowhere/tls.crt"],
  ])("does not start with a wrong %s, and names it", async (variable, value) => {
    await start({ FAIRLEAD_REDIS_URL: "", [variable]: value });
    expect([await service.ended, service.log()]).toEqual([78, expect.stringMatching(variable === "FAIRLEAD_TLS_CERT_FILE" ? "FAIRLEAD_TLS_KEY_FILE" : variable)]);
  }, MINUTE);

  it("does not look at the settings of what it does not connect to", async () => {
    service = await startService("gateway", { FAIRLEAD_HTTP_PORT: "0", FAIRLEAD_NATS_URL: "http://nats", FAIRLEAD_REDIS_URL: "nowhere" });
    await isHealthy(LIVENESS, "SERVING");
    await logged("listening");
  }, MINUTE);
});

async function setPassword(port: number, password: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`CONFIG SET requirepass ${password}\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toBe("+OK\r\n");
  socket.destroy();
}
