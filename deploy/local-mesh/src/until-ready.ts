import { request } from "node:http";

const EVERY_MS = 50;

/**
 * Waits until an address answers with 200.
 *
 * @throws Error that names what did not become ready in time
 */
export async function untilReady(url: string, name: string, milliseconds: number): Promise<void> {
  const giveUpAt = Date.now() + milliseconds;
  while ((await statusOf(url)) !== 200) {
    if (Date.now() > giveUpAt) throw new Error(`${name} did not become ready in ${milliseconds} ms; see its log`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(url, { timeout: 1_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once("error", () => resolve(0));
    asked.once("timeout", () => asked.destroy());
    asked.end();
  });
}
