import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from "@nats-io/jwt";
import { createAccount, createOperator, createUser } from "@nats-io/nkeys";
import { type NatsServer, startNatsServer } from "@fairlead/testing/nats-server";
import { connectNatsBus } from "../src/nats-bus.ts";
import type { NatsLogin } from "../src/nats-login.ts";
import { until } from "./until.ts";

/** What an account is not given by default. */
const UNLIMITED = { conn: -1, subs: -1, data: -1, payload: -1 };

describe("a login at NATS", () => {
  let server: NatsServer | undefined;
  let folder: string;

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "nats-login-"))));

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  const open = (login: NatsLogin) => connectNatsBus({ servers: [`127.0.0.1:${server?.port}`], name: "test", ...login });

  async function connect(login: NatsLogin): Promise<string> {
    try {
      const bus = await open(login);
      await bus.close();
      return "connected";
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  function inFile(name: string, content: string | Uint8Array): string {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }

  /** A server's configuration with one account, and the credentials of a user in it. */
  async function accountOf(name: string): Promise<{ config: string; creds: Uint8Array }> {
    const [operator, system, account, user] = [createOperator(), createAccount(), createAccount(), createUser()];
    const accounts = await Promise.all([system, account].map(async (one) => `${one.getPublicKey()}: ${await encodeAccount(name, one, { limits: UNLIMITED }, { signer: operator })}`));
    const config = [
      `operator: ${await encodeOperator("test", operator)}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: { ${accounts.join(", ")} }`,
    ];
    return { config: inFile(`${name}.conf`, config.join("\n")), creds: fmtCreds(await encodeUser("mesh", user, account), user) };
  }

  it("goes by user and password", async () => {
    server = await startNatsServer({ args: ["--user", "mesh", "--pass", "12@:/"] });
    expect(await connect({ user: "mesh", password: "12@:/" })).toBe("connected");
    expect(await connect({ user: "mesh", password: "wrong" })).toBe("AUTHORIZATION_VIOLATION");
    expect(await connect({})).toBe("AUTHORIZATION_VIOLATION");
  });

  it("goes by a token", async () => {
    server = await startNatsServer({ args: ["--auth", "t0ken"] });
    expect(await connect({ token: "t0ken" })).toBe("connected");
    expect(await connect({ token: "another" })).toBe("AUTHORIZATION_VIOLATION");
  });

  it("goes by a file of credentials, which is read anew when the connection is", async () => {
    const [one, other] = await Promise.all([accountOf("one"), accountOf("other")]);
    server = await startNatsServer({ args: ["--config", one.config] });
    const { port } = server;
    const credsFile = inFile("mesh.creds", one.creds);
    expect(await connect({ credsFile: inFile("other.creds", other.creds) })).toBe("AUTHORIZATION_VIOLATION");
    const bus = await open({ credsFile });
    await server.stop();
    server = await startNatsServer({ port, args: ["--config", other.config] });
    rmSync(credsFile);
    await until(() => !bus.connected());
    inFile("mesh.creds", other.creds);
    await until(() => bus.connected());
    await bus.close();
  });
});
