import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports are drawn below those that systems give to outgoing connections (from 32768 on Linux): a process that is not yet
 * there, or starts again, would find such a port taken by a connection of another.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 1_000;

/**
 * Ports that are free now, each one once.
 *
 * @throws Error where there are none to be found
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries === TRIES) throw new Error(`no ${count} free ports were found from ${FIRST} to ${LAST}`);
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
