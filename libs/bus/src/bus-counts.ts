/** What a bus counts for its operator. */
export interface BusCounts {
  /** Events were not sent, because the server was away and nobody keeps them. */
  dropped(events: number): void;
  /** A kept message was set aside as a dead letter. */
  buried(): void;
  /** Told once how to find out whether it is connected. */
  follow(connected: () => boolean): void;
}
