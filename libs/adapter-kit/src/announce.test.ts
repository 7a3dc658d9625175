import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { ProviderDescriptionSchema } from "@fairlead/contracts/adapter/v1/model";
import type { Event } from "@fairlead/contracts/events/v1/event";
import { announceAdapter } from "./announce.ts";

function listeningBus() {
  const told: { subject: string; event: Event }[] = [];
  let ask: (() => void) | undefined;
  const bus: Pick<Bus, "publish" | "subscribe"> = {
    publish: (subject, event) => void told.push({ subject, event }),
    subscribe: (_subject, handle) => {
      ask = () => handle([]);
      return { close: async () => void (ask = undefined) };
    },
  };
  return { bus, told, ask: () => ask?.() };
}

describe("an adapter that announces itself", () => {
  const description = create(ProviderDescriptionSchema, { provider: "openai", telemetryName: "openai" });
  const leaving = ({ event }: { event: Event }) => event.fact.case === "adapterAnnounced" && event.fact.value.leaving;

  it("tells what is offered now when something changed", async () => {
    const { bus, told } = listeningBus();
    const offer = { description };
    const announcement = announceAdapter(offer, { bus, now: () => 5, newId: () => "id", intervalMs: 60_000 });
    offer.description = create(ProviderDescriptionSchema, { provider: "openai", telemetryName: "openai", simulated: true });
    announcement.tell();
    const simulated = told.map(({ event }) => event.fact.case === "adapterAnnounced" && event.fact.value.description?.simulated);
    expect(simulated).toEqual([false, true]);
    await announcement.close();
  });

  it("tells at once, in time, when asked, and last that it goes", async () => {
    const { bus, told, ask } = listeningBus();
    let id = 0;
    const announcement = announceAdapter({ description }, { bus, now: () => 5, newId: () => `id-${id++}`, intervalMs: 5 });
    expect(told[0]).toMatchObject({ subject: "fairlead.v1.adapter.announced.openai", event: { eventId: "id-0", occurredUnixMs: 5n, source: "adapter-openai" } });
    ask();
    expect(told).toHaveLength(2);
    while (told.length < 4) await new Promise(setImmediate);
    expect(told.some(leaving)).toBe(false);
    await announcement.close();
    expect(told.map(leaving)).toEqual([...told.slice(1).map(() => false), true]);
    const count = told.length;
    ask();
    expect(told).toHaveLength(count);
  });
});
