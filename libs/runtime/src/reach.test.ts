import { createReach, EndedEarlyError } from "./reach.ts";

describe("waiting for what others run", () => {
  let lines: string[];
  let end: AbortController;

  beforeEach(() => {
    lines = [];
    end = new AbortController();
  });

  const logger = {
    warn: ({ reason }: { reason: string }, text: string) => void lines.push(`${text}: ${reason}`),
    info: (text: string) => void lines.push(text),
  } as unknown as Parameters<typeof createReach>[0];

  const failing = (...reasons: string[]) => {
    const left = [...reasons];
    return async () => {
      const reason = left.shift();
      if (reason !== undefined) throw new Error(reason);
      return "there";
    };
  };

  it("says nothing where it is there at once", async () => {
    expect(await createReach(logger, end.signal)("Redis", failing())).toBe("there");
    expect(lines).toEqual([]);
  });

  it("tries until it is there, and tells each change once", async () => {
    expect(await createReach(logger, end.signal)("Redis", failing("refused", "refused", "unknown host", "unknown host"))).toBe("there");
    expect(lines).toEqual(["Redis cannot be reached and is waited for: refused", "Redis cannot be reached and is waited for: unknown host", "Redis is reached"]);
  });

  it("ends when the process shall, between two attempts and within one", async () => {
    const between = createReach(logger, end.signal)("Redis", () => Promise.reject(new Error("refused")));
    const within = createReach(logger, end.signal)("NATS", () => new Promise(() => undefined));
    end.abort();
    await expect(between).rejects.toThrow(EndedEarlyError);
    await expect(within).rejects.toThrow(EndedEarlyError);
    await expect(createReach(logger, end.signal)("NATS", () => new Promise(() => undefined))).rejects.toThrow(EndedEarlyError);
  });
});
