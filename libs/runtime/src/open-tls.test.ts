import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CertificateAuthority, createAuthority, type IssuedCertificate } from "@fairlead/testing/certificate-authority";
import { Registry } from "prom-client";
import { openTls, type Tls } from "./open-tls.ts";
import type { ServiceTools } from "./service.ts";

describe("certificates in files", () => {
  let authority: CertificateAuthority;
  let folder: string;
  let tls: Tls | undefined;
  let metrics: Registry;
  let logged: string;

  beforeAll(async () => void (authority = await createAuthority()));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tls-"));
    metrics = new Registry();
    logged = "";
  });

  afterEach(async () => {
    await tls?.close();
    tls = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const config = () => ({ certFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key"), caFile: join(folder, "ca.crt") });

  function put({ certificate, privateKey }: IssuedCertificate, into = folder): void {
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, "tls.crt"), certificate);
    writeFileSync(join(into, "tls.key"), privateKey);
    writeFileSync(join(into, "ca.crt"), authority.certificate);
  }

  /** As Kubernetes mounts a Secret: an update swaps one link. */
  function mount(version: string, issued: IssuedCertificate): void {
    put(issued, join(folder, `..${version}`));
    symlinkSync(`..${version}`, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  }

  function open(): void {
    const log = (facts: object, text: string) => void (logged += `${JSON.stringify(facts)} ${text}\n`);
    const logger = { info: log, error: log } as unknown as ServiceTools["logger"];
    tls = openTls(config(), { logger, metrics, now: Date.now }, { debounceMs: 20, pollMs: 200 });
  }

  async function valueOf(name: string, labels = ""): Promise<number> {
    const text = await metrics.metrics();
    return Number(new RegExp(`^${name}${labels} (\\S+)$`, "m").exec(text)?.[1]);
  }

  async function until(name: string, value: number): Promise<void> {
    const giveUpAt = performance.now() + 10_000;
    while ((await valueOf(name)) !== value) {
      if (performance.now() > giveUpAt) throw new Error(`${name} is ${await valueOf(name)}, not ${value}`);
      await sleep(10);
    }
  }

  it("are not needed", () => {
    expect(openTls({ certFile: "", keyFile: "", caFile: "" }, { metrics, now: Date.now } as ServiceTools)).toBeUndefined();
  });

  it("stop the start where they cannot be used, and the variable is named", async () => {
    expect(open).toThrow("FAIRLEAD_TLS_CERT_FILE: it cannot be read: ENOENT");
    const [one, other] = await Promise.all([authority.issue(), authority.issue()]);
    put({ ...one, privateKey: other.privateKey });
    expect(open).toThrow("FAIRLEAD_TLS_KEY_FILE: it is not the key of the certificate");
    put(one);
    writeFileSync(config().caFile, "nothing");
    expect(open).toThrow("FAIRLEAD_TLS_CA_FILE: there is no certificate in it");
  });

  it("tell when they end", async () => {
    put(await authority.issue({ lastsMs: 3_600_000 }));
    open();
    const end = await valueOf("fairlead_certificate_expiry_timestamp_seconds", '{certificate="own"}');
    expect(Math.abs(end - Date.now() / 1_000 - 3_600)).toBeLessThan(60);
    expect(await valueOf("fairlead_certificate_expiry_timestamp_seconds", '{certificate="authority"}')).toBeGreaterThan(end);
    expect(await valueOf("fairlead_certificate_reload_successful")).toBe(1);
  });

  it("are taken anew when they are written in place", async () => {
    put(await authority.issue());
    open();
    const next = await authority.issue();
    put(next);
    await until("fairlead_certificate_reloads_total", 1);
    expect(logged).toContain(next.serial);
  });

  it("are taken anew each time that the link of a mounted Secret is swapped", async () => {
    mount("1", await authority.issue());
    for (const name of ["tls.crt", "tls.key", "ca.crt"]) symlinkSync(`..data/${name}`, join(folder, name));
    open();
    for (const version of [2, 3, 4]) {
      mount(String(version), await authority.issue());
      rmSync(join(folder, `..${version - 1}`), { recursive: true });
      await until("fairlead_certificate_reloads_total", version - 1);
    }
    expect(await valueOf("fairlead_certificate_reload_failures_total")).toBe(0);
  });

  it("go on where others cannot be used, which is told, until they can", async () => {
    const [one, next] = await Promise.all([authority.issue(), authority.issue()]);
    put(one);
    open();
    writeFileSync(config().certFile, next.certificate);
    await until("fairlead_certificate_reload_successful", 0);
    expect(await valueOf("fairlead_certificate_reload_failures_total")).toBeGreaterThan(0);
    expect(await valueOf("fairlead_certificate_reloads_total")).toBe(0);
    expect(logged).toContain("FAIRLEAD_TLS_KEY_FILE: it is not the key of the certificate");
    writeFileSync(config().keyFile, next.privateKey);
    await until("fairlead_certificate_reload_successful", 1);
    expect(await valueOf("fairlead_certificate_reloads_total")).toBe(1);
    rmSync(config().keyFile);
    await until("fairlead_certificate_reload_successful", 0);
    writeFileSync(config().keyFile, next.privateKey);
    await until("fairlead_certificate_reload_successful", 1);
    expect(await valueOf("fairlead_certificate_reloads_total")).toBe(1);
  });

  it("are never written to the log", async () => {
    const [one, next] = await Promise.all([authority.issue(), authority.issue()]);
    put(one);
    open();
    writeFileSync(config().keyFile, `${next.privateKey.slice(0, 120)}`);
    await until("fairlead_certificate_reload_successful", 0);
    put(next);
    await until("fairlead_certificate_reloads_total", 1);
    for (const { privateKey } of [one, next]) for (const line of privateKey.split("\n").slice(1, -2)) expect(logged).not.toContain(line.slice(0, 20));
  });
});
