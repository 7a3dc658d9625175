import { create } from "@bufbuild/protobuf";
import type { Bus } from "@fairlead/bus/bus";
import { newEvent } from "@fairlead/bus/new-event";
import { patterns, subjects } from "@fairlead/bus/subjects";
import type { ProviderDescription } from "@fairlead/contracts/adapter/v1/model";
import { AdapterAnnouncedSchema } from "@fairlead/contracts/events/v1/event";

/** What announcing an adapter needs. */
export interface AnnounceDependencies {
  readonly bus: Pick<Bus, "publish" | "subscribe">;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Milliseconds between announcements. Unset: a second. */
  readonly intervalMs?: number;
}

/** An adapter that announces itself. */
export interface Announcement {
  /** Tells now, because something changed. */
  tell(): void;
  /** Says that the adapter is about to go, and says no more. A second time does nothing. */
  close(): Promise<void>;
}

/**
 * Tells the mesh that an adapter is there: now, every second, when asked, and when something changed.
 *
 * @param offer what is told, as it is at that time
 */
export function announceAdapter(offer: { readonly description: ProviderDescription }, dependencies: AnnounceDependencies): Announcement {
  const { bus, now, newId, intervalMs = 1_000 } = dependencies;
  const { provider } = offer.description;
  const subject = subjects.adapterAnnounced(provider);
  const source = `adapter-${provider}`;
  let left = false;
  const tell = (leaving: boolean) => {
    const value = create(AdapterAnnouncedSchema, { description: offer.description, leaving });
    bus.publish(subject, newEvent({ id: newId(), source, now: now() }, { case: "adapterAnnounced", value }));
  };
  tell(false);
  const timer = setInterval(() => tell(false), intervalMs).unref();
  const asked = bus.subscribe(patterns.adapterDiscovery, () => !left && tell(false));
  return {
    tell() {
      if (!left) tell(false);
    },
    async close() {
      if (left) return;
      left = true;
      clearInterval(timer);
      tell(true);
      await asked.close();
    },
  };
}
