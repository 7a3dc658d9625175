import { create } from "@bufbuild/protobuf";
import {
  AcquireQuotaResponseSchema,
  BalancingService,
  ListTargetsResponseSchema,
  ReturnQuotaResponseSchema,
  WatchTargetsResponseSchema,
} from "@fairlead/contracts/balancing/v1/balancing_service";
import { type CertificateAuthority, createAuthority, type IssueSettings } from "@fairlead/testing/certificate-authority";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { type TLSSocket, connect as connectTls } from "node:tls";
import { type Handlers, implement } from "./call.ts";
import { connectGrpc } from "./grpc-client.ts";
import { type GrpcServer, serveGrpc } from "./grpc-server.ts";
import { createTlsCredentials, type TlsCredentials } from "./tls-credentials.ts";
import type { TlsMaterial } from "./tls-material.ts";

describe("mutual TLS", () => {
  let old: CertificateAuthority;
  let next: CertificateAuthority;
  let server: GrpcServer;
  let serving: TlsCredentials;
  let calling: TlsCredentials;

  beforeAll(async () => {
    [old, next] = await Promise.all([createAuthority("CN=Old"), createAuthority("CN=Next")]);
  });

  beforeEach(async () => {
    serving = createTlsCredentials(await material(old, [old]));
    calling = createTlsCredentials(await material(old, [old]));
    server = await serveGrpc({ host: "127.0.0.1", port: 0, implementations: [implement(BalancingService, handlers())], credentials: serving.server, maxConnectionAgeMs: 300 });
  });

  afterEach(() => server.close(1_000));

  async function material(from: CertificateAuthority, trusted: readonly CertificateAuthority[], settings?: IssueSettings): Promise<TlsMaterial> {
    const { certificate, privateKey } = await from.issue(settings);
    return { certificate: Buffer.from(certificate), privateKey: Buffer.from(privateKey), authorities: Buffer.from(trusted.map((one) => one.certificate).join("\n")) };
  }

  async function call(as: ChannelCredentials, target = `127.0.0.1:${server.port}`): Promise<string> {
    const { client, close } = connectGrpc(BalancingService, { target, credentials: as });
    try {
      await client.listTargets({}, { deadline: Date.now() + 5_000 });
      return "answered";
    } catch (error) {
      return (error as Error).name;
    } finally {
      close();
    }
  }

  it("carries calls of who has a certificate of a trusted authority", async () => {
    expect(await call(calling.channel)).toBe("answered");
    expect(await call(calling.channel, `dns:///localhost:${server.port}`)).toBe("answered");
  });

  it("refuses who has none, one of another authority, one that has expired, or speaks without TLS", async () => {
    const trust = Buffer.from(old.certificate);
    const foreign = createTlsCredentials(await material(next, [old, next]));
    const expired = createTlsCredentials(await material(old, [old], { lastsMs: -60_000 }));
    for (const stranger of [credentials.createSsl(trust), foreign.channel, expired.channel, credentials.createInsecure()]) {
      expect(await call(stranger)).toBe("FairleadError");
    }
  });

  it("does not call a server of another authority, or one whose certificate has another name", async () => {
    expect(await call(createTlsCredentials(await material(old, [next])).channel)).toBe("FairleadError");
    serving.replace(await material(old, [old], { names: ["router.elsewhere.svc"] }));
    expect(await call(calling.channel)).toBe("FairleadError");
    serving.replace(await material(old, [old]));
    expect(await call(calling.channel)).toBe("answered");
  });

  it("shows new connections the certificate that was taken last", async () => {
    const issued = await next.issue();
    serving.replace({ certificate: Buffer.from(issued.certificate), privateKey: Buffer.from(issued.privateKey), authorities: Buffer.from(next.certificate) });
    expect(await serialShown(server.port)).toBe(issued.serial);
  });

  it("changes certificates, keys and at last authorities under load without a failed call", async () => {
    const { client, close } = connectGrpc(BalancingService, { target: `127.0.0.1:${server.port}`, credentials: calling.channel, channels: 2 });
    const failed: unknown[] = [];
    let answered = 0;
    const end = new AbortController();
    const unary = async () => {
      while (!end.signal.aborted) await client.listTargets({}).then(() => answered++, (error: unknown) => failed.push(error));
    };
    const streams = async () => {
      while (!end.signal.aborted) {
        await countVersions(client.watchTargets({})).then((versions) => (versions === 20 ? answered++ : failed.push(versions)), (error: unknown) => failed.push(error));
      }
    };
    const load = [unary(), unary(), streams(), streams()];
    // As a rotation goes: trust both, then be issued anew, then trust the new one only.
    for (const [from, trusted] of [[old, [old]], [old, [old, next]], [next, [old, next]], [next, [next]]] as const) {
      for (const side of [serving, calling]) side.replace(await material(from, trusted));
      const before = answered;
      // Longer than connections live, so that those of the step before have ended.
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(answered - before).toBeGreaterThan(20);
    }
    end.abort();
    await Promise.all(load);
    close();
    expect(failed).toEqual([]);
    expect(await call(createTlsCredentials(await material(old, [old, next])).channel)).toBe("FairleadError");
  });
});

async function countVersions(stream: AsyncIterable<unknown>): Promise<number> {
  let versions = 0;
  for await (const _ of stream) versions++;
  return versions;
}

function handlers(): Handlers<typeof BalancingService> {
  return {
    listTargets: async () => create(ListTargetsResponseSchema),
    async *watchTargets() {
      for (let version = 1n; version <= 20n; version++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield create(WatchTargetsResponseSchema, { version });
      }
    },
    acquireQuota: async () => create(AcquireQuotaResponseSchema),
    returnQuota: async () => create(ReturnQuotaResponseSchema),
  };
}

/** Serial number of the certificate that a server shows to who connects now. */
async function serialShown(port: number): Promise<string> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ALPNProtocols: ["h2"] }, () => resolve(opened));
    opened.once("error", reject);
  });
  const { serialNumber } = socket.getPeerCertificate();
  socket.on("error", () => undefined).destroy();
  return serialNumber;
}
