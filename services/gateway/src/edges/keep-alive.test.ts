import type { ServerResponse } from "node:http";
import { keepAlive } from "./keep-alive.ts";

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

describe("a sign of life", () => {
  it("is never given where no silence is too long", () => {
    const before = timers();
    const alive = keepAlive({} as ServerResponse, 0, () => expect(true).toBe(false));
    alive.sent();
    expect(timers()).toBe(before);
  });

  it("is not given to who reads slower than we write, nor after the end", async () => {
    const response = { writableNeedDrain: true, destroyed: false };
    const signs = await new Promise<string[]>((resolve) => {
      const given: string[] = [];
      const slow = keepAlive(response as ServerResponse, 1, () => given.push("slow"));
      const stopped = keepAlive({} as ServerResponse, 1, () => given.push("stopped"));
      stopped.stop();
      const reading = keepAlive({} as ServerResponse, 5, () => {
        slow.stop();
        reading.stop();
        resolve([...given, "reading"]);
      });
    });
    expect(signs).toEqual(["reading"]);
  });
});
