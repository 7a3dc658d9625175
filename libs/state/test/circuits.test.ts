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

function circuit(model: string, state: CircuitState, changedMs: number): Circuit {
  return create(CircuitSchema, { provider: "openai", model, state, changedAt: timestampFromMs(changedMs) });
}

function sorted(circuits: Circuit[]): Circuit[] {
  return circuits.sort((a, b) => a.model.localeCompare(b.model));
}
