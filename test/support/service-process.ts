import { spawn } from "node:child_process";
import { freePorts } from "@fairlead/local-mesh/free-port";

/** One service as a process of its own. */
export interface ServiceProcess {
  readonly healthAddress: string;
  readonly adminUrl: string;
  /** What it wrote so far. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** The status it ended with. */
  readonly ended: Promise<number | null>;
}

/** Starts a service by its folder's name. */
export async function startService(service: string, environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const [healthPort, adminPort] = await freePorts(2);
  const child = spawn(process.execPath, [`services/${service}/src/main.ts`], {
    env: { PATH: process.env["PATH"], FAIRLEAD_HEALTH_PORT: String(healthPort), FAIRLEAD_ADMIN_PORT: String(adminPort), ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return {
    healthAddress: `127.0.0.1:${healthPort}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    log: () => log,
    signal: (name) => void child.kill(name),
    ended: new Promise((resolve) => child.once("close", (code) => resolve(code))),
  };
}
