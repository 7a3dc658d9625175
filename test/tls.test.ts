import { connect as connectTls, type TLSSocket } from "node:tls";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { LIVENESS } from "@fairlead/rpc/health-server";
import { type CertificateAuthority, createAuthority, type IssuedCertificate } from "@fairlead/testing/certificate-authority";
import { healthOf } from "./support/health-check.ts";
import { chat, send } from "./support/http.ts";
import { type MountedSecret, mountSecret } from "./support/mounted-secret.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { startLoad } from "./support/steady-load.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const CONNECTION_AGE_MS = 1_000;
const UNAVAILABLE = "status 14";

describe("a mesh with mutual TLS between its services", () => {
  let old: CertificateAuthority;
  let next: CertificateAuthority;
  let issued: IssuedCertificate;
  let secret: MountedSecret;
  let shape: MeshShape;

  beforeAll(async () => {
    [old, next] = await Promise.all([createAuthority("CN=Old"), createAuthority("CN=Next")]);
    issued = await old.issue();
    secret = mountSecret(filesOf(issued, [old]));
    const file = (name: string) => `${secret.folder}/${name}`;
    shape = await startMesh({
      FAIRLEAD_TLS_CERT_FILE: file("tls.crt"),
      FAIRLEAD_TLS_KEY_FILE: file("tls.key"),
      FAIRLEAD_TLS_CA_FILE: file("ca.crt"),
      FAIRLEAD_MAX_CONNECTION_AGE_MS: String(CONNECTION_AGE_MS),
      FAIRLEAD_PROVIDERS: "openai,anthropic",
    });
  }, 2 * MINUTE);

  afterAll(async () => {
    await shape?.close();
    secret?.remove();
  }, MINUTE);

  const complete = (stream = false) =>
    fetch(`${shape.httpUrl}/v1/chat/completions`, { method: "POST", body: JSON.stringify(chat("Hello.", { model: stream ? "gpt-4o" : "gpt-4o-mini", stream })) });

  /** A metric of each part. */
  function valuesOf(metric: string): Promise<number[]> {
    const value = async (adminUrl: string) => Number(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, "m").exec(await (await fetch(`${adminUrl}/metrics`)).text())?.[1]);
    return Promise.all(shape.mesh.parts.map(({ adminUrl }) => value(adminUrl)));
  }

  const untilAll = (metric: string, value: number) =>
    until(`${metric} is ${value} everywhere`, async () => (await valuesOf(metric)).every((one) => one === value), 20_000);

  /** What health at the gRPC port of each part answers to somebody. */
  const answersTo = (as: ChannelCredentials) => Promise.all(shape.mesh.parts.map(({ grpcAddress }) => healthOf(grpcAddress, "", as)));

  const everywhere = <T>(answer: T): T[] => shape.mesh.parts.map(() => answer);

  it("answers requests, streamed or not", async () => {
    expect((await complete()).status).toBe(200);
    const stream = await complete(true);
    expect(await stream.text()).toContain("data: [DONE]");
  }, MINUTE);

  it("answers who has a certificate of its authority, and nobody else, at every service", async () => {
    const own = await old.issue();
    const foreign = await next.issue();
    expect(await answersTo(clientOf(own, old))).toEqual(everywhere("SERVING"));
    expect(await answersTo(clientOf(foreign, old))).toEqual(everywhere(UNAVAILABLE));
    expect(await answersTo(credentials.createSsl(Buffer.from(old.certificate)))).toEqual(everywhere(UNAVAILABLE));
    expect(await answersTo(credentials.createInsecure())).toEqual(everywhere(UNAVAILABLE));
    expect(await answersTo(clientOf(own, next))).toEqual(everywhere(UNAVAILABLE));
  }, MINUTE);

  it("answers probes, which have no certificate, at a port of its own", async () => {
    for (const { healthAddress } of shape.mesh.parts) {
      expect([await healthOf(healthAddress, ""), await healthOf(healthAddress, LIVENESS), await healthOf(healthAddress, "other")]).toEqual(["SERVING", "SERVING", "status 5"]);
    }
  }, MINUTE);

  it("tells when its certificates end", async () => {
    const ends = await valuesOf('fairlead_certificate_expiry_timestamp_seconds\\{certificate="own"\\}');
    for (const end of ends) expect(Math.abs(end - Date.now() / 1_000 - 86_400)).toBeLessThan(600);
  }, MINUTE);

  it("changes certificates and authorities under load without a failed request", async () => {
    const simulator = simulatorControl(shape.simulatorUrl);
    await simulator.setModel("openai", "gpt-4o", { chunks: 60, outputTokens: 180, tokensPerSecond: 90 });
    const load = startLoad(`${shape.httpUrl}/v1/chat/completions`, () => chat("Hello.", { model: "gpt-4o-mini" }), 50);
    const streams = startLoad(`${shape.httpUrl}/v1/chat/completions`, () => chat("A long one.", { model: "gpt-4o", stream: true }), 250);
    let reloads = 0;
    let from = issued;
    // As a rotation goes: a new certificate, then trust in both authorities, then certificates of the new one, then trust in it alone.
    for (const [authority, trusted] of [[old, [old]], [old, [old, next]], [next, [old, next]], [next, [next]]] as const) {
      from = await authority.issue();
      secret.update(filesOf(from, trusted));
      await untilAll("fairlead_certificate_reloads_total", (reloads += 1));
      // What is not a stream is called by new connections from here on; grpc-js adds a tenth to their age.
      const renewedAt = Date.now() + CONNECTION_AGE_MS * 1.5;
      await until("load over new connections", () => load.sent.filter(({ startedAt }) => startedAt > renewedAt).length > 20, 20_000);
    }
    const [sent, streamed] = await Promise.all([load.stop(), streams.stop()]);
    await simulator.clearModels();
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    expect(streamed.filter(({ status, detail }) => status !== 200 || !detail.includes("data: [DONE]") || detail.includes('"error"'))).toEqual([]);
    expect(sent.length).toBeGreaterThan(80);
    expect(streamed.length).toBeGreaterThan(15);
    expect(await Promise.all(shape.mesh.parts.map(({ grpcAddress }) => serialShown(grpcAddress)))).toEqual(everywhere(from.serial));
    expect(await answersTo(clientOf(from, next))).toEqual(everywhere("SERVING"));
    expect(await answersTo(clientOf(issued, next))).toEqual(everywhere(UNAVAILABLE));
    expect(await valuesOf("fairlead_certificate_reload_failures_total")).toEqual(everywhere(0));
    issued = from;
  }, 3 * MINUTE);

  it("goes on with what it has where the files do not fit together, and says so until they do", async () => {
    const other = await next.issue();
    secret.update({ ...filesOf(issued, [next]), "tls.key": other.privateKey });
    await untilAll("fairlead_certificate_reload_successful", 0);
    expect((await valuesOf("fairlead_certificate_reload_failures_total")).every((failures) => failures > 0)).toBe(true);
    expect(await Promise.all(shape.mesh.parts.map(({ grpcAddress }) => serialShown(grpcAddress)))).toEqual(everywhere(issued.serial));
    const until = Date.now() + CONNECTION_AGE_MS * 1.5;
    while (Date.now() < until) expect((await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello.", { model: "gpt-4o-mini" }))).status).toBe(200);
    secret.update(filesOf(other, [next]));
    await untilAll("fairlead_certificate_reload_successful", 1);
    expect(await Promise.all(shape.mesh.parts.map(({ grpcAddress }) => serialShown(grpcAddress)))).toEqual(everywhere(other.serial));
    expect((await complete()).status).toBe(200);
  }, MINUTE);
});

function filesOf({ certificate, privateKey }: IssuedCertificate, trusted: readonly CertificateAuthority[]): Record<string, string> {
  return { "tls.crt": certificate, "tls.key": privateKey, "ca.crt": trusted.map((authority) => authority.certificate).join("\n") };
}

function clientOf({ certificate, privateKey }: IssuedCertificate, trusted: CertificateAuthority): ChannelCredentials {
  return credentials.createSsl(Buffer.from(trusted.certificate), Buffer.from(privateKey), Buffer.from(certificate));
}

/** Serial number of the certificate that a server shows to who connects now. */
async function serialShown(address: string): Promise<string> {
  const [host = "", port = ""] = address.split(":");
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connectTls({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ["h2"] }, () => resolve(opened));
    opened.once("error", reject);
  });
  const { serialNumber } = socket.getPeerCertificate();
  socket.on("error", () => undefined).destroy();
  return serialNumber;
}
