import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Circuit, CircuitSchema, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import { drivers, freshName } from "./drivers.ts";
import { NOON } from "./ledger-fixture.ts";

describe.each(drivers)("the $name circuit store", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  it("keeps of each target the circuit that changed last, whatever comes last", async () => {
    const state = await driver.open(freshName());
    const open = circuit("large", CircuitState.OPEN, NOON + 1);
    const other = circuit("small", CircuitState.CLOSED, NOON);
    expect(await state.circuits.save(open)).toBe(true);
    expect(await state.circuits.save(circuit("large", CircuitState.CLOSED, NOON))).toBe(false);
    expect(await state.circuits.save(circuit("large", CircuitState.HALF_OPEN, NOON + 1))).toBe(false);
    expect(await state.circuits.save(other)).toBe(true);
    expect(sorted(await state.circuits.load())).toEqual([open, other]);
    const half = circuit("large", CircuitState.HALF_OPEN, NOON + 2);
    expect(await state.circuits.save(half)).toBe(true);
    expect(sorted(await state.circuits.load())).toEqual([half, other]);
    await state.close();
  });

  it("keeps the circuits of a model's deployments apart", async () => {
    const state = await driver.open(freshName());
    const east = circuit("large", CircuitState.OPEN, NOON, "east");
    const only = circuit("large", CircuitState.CLOSED, NOON);
    expect(await state.circuits.save(east)).toBe(true);
    expect(await state.circuits.save(only)).toBe(true);
    expect(await state.circuits.save(circuit("large", CircuitState.HALF_OPEN, NOON - 1, "east"))).toBe(false);
    const kept = await state.circuits.load();
    expect(kept.sort((a, b) => a.deployment.localeCompare(b.deployment))).toEqual([only, east]);
    await state.close();
  });

  it("gives a claim to one process at a time, who may lengthen it, until its time is over", async () => {
    const state = await driver.open(freshName());
    const { circuits } = state;
    const both = await Promise.all([circuits.claim("openai", "one", 60_000), circuits.claim("openai", "two", 60_000)]);
    expect(both).toEqual([true, false]);
    expect(await circuits.claim("anthropic", "two", 60_000)).toBe(true);
    expect(await circuits.claim("openai", "one", 20)).toBe(true);
    const giveUpAt = performance.now() + 5_000;
    let taken = false;
    while (!taken && performance.now() < giveUpAt) taken = await circuits.claim("openai", "two", 60_000);
    expect(taken).toBe(true);
    expect(await circuits.claim("openai", "one", 60_000)).toBe(false);
    await state.close();
  });

  it("finds circuits again after it was closed and opened", async () => {
    const name = freshName();
    const before = await driver.open(name);
    await before.circuits.save(circuit("large", CircuitState.OPEN, NOON));
    await before.close();
    const after = await driver.open(name);
    expect(await after.circuits.load()).toEqual([circuit("large", CircuitState.OPEN, NOON)]);
    await after.close();
  });
});

function circuit(model: string, state: CircuitState, changedMs: number, deployment = ""): Circuit {
  return create(CircuitSchema, { provider: "openai", model, deployment, state, changedAt: timestampFromMs(changedMs) });
}

function sorted(circuits: Circuit[]): Circuit[] {
  return circuits.sort((a, b) => a.model.localeCompare(b.model));
}
