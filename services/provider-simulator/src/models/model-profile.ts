/** What the simulator knows of one model. */
export interface ModelProfile {
  readonly provider: string;
  readonly id: string;
  /** The dated id under which answers of the plain id come back. */
  readonly snapshot: string;
  readonly displayName: string;
  readonly kind: "generation" | "embedding";
  /** Milliseconds to the first token at speed 1. */
  readonly firstTokenMs: number;
  /** Output tokens a second at speed 1. */
  readonly tokensPerSecond: number;
  /** Input tokens at most. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** Whether the model reasons before it answers, if it is asked to. */
  readonly reasons: boolean;
  /** Length of a full vector; 0 for models that make text. */
  readonly dimensions: number;
  /** When the vendor published it: seconds since 1970. */
  readonly created: number;
}

/** The models of one provider, found by plain and by dated id. */
export interface ModelTable {
  readonly provider: string;
  readonly profiles: readonly ModelProfile[];
  /** The profile of a plain id or of a dated variant of one; undefined if there is none. */
  readonly find: (id: string) => ModelProfile | undefined;
}

type ModelEntry = Pick<
  ModelProfile,
  "id" | "displayName" | "firstTokenMs" | "tokensPerSecond" | "contextTokens" | "created"
> &
  Partial<ModelProfile>;

/** Makes a table; `variant` matches the ending that tells a dated id from its plain one. */
export function modelTable(provider: string, variant: RegExp, entries: readonly ModelEntry[]): ModelTable {
  const profiles = entries.map((entry) => toProfile(provider, entry));
  const byId = new Map(profiles.map((profile) => [profile.id, profile]));
  return { provider, profiles, find: (id) => byId.get(id) ?? byId.get(id.replace(variant, "")) };
}

/** The id to name in an answer: the dated one of the request, or the model's own. */
export function answeredModel(profile: ModelProfile, requested: string): string {
  return requested === profile.id ? profile.snapshot : requested;
}

function toProfile(provider: string, entry: ModelEntry): ModelProfile {
  const dimensions = entry.dimensions ?? 0;
  const kind = dimensions > 0 ? "embedding" : "generation";
  return { provider, snapshot: entry.id, kind, maxOutputTokens: 0, reasons: false, ...entry, dimensions };
}
