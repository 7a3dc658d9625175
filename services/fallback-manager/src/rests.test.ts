import { Rests } from "./rests.ts";

describe("targets that asked to wait", () => {
  const target = { provider: "openai", model: "gpt-4o", deployment: "" };
  const east = { ...target, deployment: "east" };

  it("rest until their time, by the longest of their wishes, each for itself", () => {
    const clock = { now: 1_000 };
    const rests = new Rests(() => clock.now);
    rests.ask(target, 500);
    rests.ask(target, 200);
    expect(rests.until(target)).toBe(1_500);
    expect(rests.until(east)).toBe(0);
    clock.now = 1_499;
    expect(rests.until(target)).toBe(1_500);
    clock.now = 1_500;
    expect(rests.until(target)).toBe(0);
    rests.ask(east, 500);
    rests.clear(east);
    expect(rests.until(east)).toBe(0);
  });

  it("are remembered in a bounded number, of which those whose time is over make room", () => {
    const clock = { now: 0 };
    const rests = new Rests(() => clock.now);
    for (let index = 0; index < 10_001; index++) rests.ask({ ...target, model: `m${index}` }, 100);
    expect(rests.until({ ...target, model: "m9999" })).toBe(100);
    expect(rests.until({ ...target, model: "m10000" })).toBe(0);
    clock.now = 100;
    rests.ask({ ...target, model: "m10000" }, 100);
    expect(rests.until({ ...target, model: "m10000" })).toBe(200);
  });
});
