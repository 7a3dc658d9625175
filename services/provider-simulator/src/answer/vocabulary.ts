/** Words and turns of phrase from which every simulated text is made. */
export const OPENINGS = [
  "In practice,", "As a rule,", "At first glance,", "Seen from afar,", "In short,", "Over time,", "Quite often,",
  "By contrast,", "On closer look,", "For most teams,", "Step by step,", "With some care,",
] as const;

export const ADJECTIVES = [
  "quiet", "steady", "careful", "bright", "narrow", "patient", "modest", "sturdy", "gentle", "curious", "plain",
  "distant", "familiar", "nimble", "broad", "honest",
] as const;

export const NOUNS = [
  "harbour", "ledger", "garden", "signal", "bridge", "compass", "lantern", "market", "river", "workshop", "archive",
  "orchard", "kettle", "window", "station", "meadow", "letter", "engine",
] as const;

export const VERBS = [
  "guides", "balances", "follows", "measures", "gathers", "repairs", "outlines", "protects", "explains", "carries",
  "joins", "mirrors", "shapes", "supports",
] as const;

export const ADVERBS = [
  "slowly", "openly", "with ease", "in turn", "without hurry", "before noon", "as planned", "by design", "for a while",
  "from within",
] as const;
