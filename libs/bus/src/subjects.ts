/** Subjects of the bus. The last word is a provider or tenant, made safe by `subjectToken`. */
export const subjects = {
  adapterAnnounced: (provider: string) => `fairlead.v1.adapter.announced.${subjectToken(provider)}`,
  adapterDiscovery: "fairlead.v1.adapter.discovery",
  attemptFinished: (provider: string) => `fairlead.v1.health.attempt.${subjectToken(provider)}`,
  circuitChanged: (provider: string) => `fairlead.v1.circuit.changed.${subjectToken(provider)}`,
  costIncurred: (tenant: string) => `fairlead.v1.cost.incurred.${subjectToken(tenant)}`,
  decisionMade: (tenant: string) => `fairlead.v1.decision.made.${subjectToken(tenant)}`,
  outcomeObserved: (tenant: string) => `fairlead.v1.decision.outcome.${subjectToken(tenant)}`,
  feedbackGiven: (tenant: string) => `fairlead.v1.decision.feedback.${subjectToken(tenant)}`,
  learnedReset: "fairlead.v1.decision.reset",
  loadReported: (instance: string) => `fairlead.v1.load.reported.${subjectToken(instance)}`,
  healthChanged: (provider: string) => `fairlead.v1.health.changed.${subjectToken(provider)}`,
  alertChanged: (severity: string) => `fairlead.v1.alert.changed.${subjectToken(severity)}`,
} as const;

/** Patterns to listen to. */
export const patterns = {
  adapterAnnounced: "fairlead.v1.adapter.announced.*",
  adapterDiscovery: "fairlead.v1.adapter.discovery",
  attemptFinished: "fairlead.v1.health.attempt.*",
  circuitChanged: "fairlead.v1.circuit.changed.*",
  costIncurred: "fairlead.v1.cost.incurred.*",
  decisionMade: "fairlead.v1.decision.made.*",
  outcomeObserved: "fairlead.v1.decision.outcome.*",
  feedbackGiven: "fairlead.v1.decision.feedback.*",
  learnedReset: "fairlead.v1.decision.reset",
  loadReported: "fairlead.v1.load.reported.*",
  healthChanged: "fairlead.v1.health.changed.*",
  alertChanged: "fairlead.v1.alert.changed.*",
} as const;

/** A word that can stand in a subject: everything but letters, digits, "-" and "_" becomes "_". */
export function subjectToken(text: string): string {
  return text === "" ? "_" : text.replace(/[^a-zA-Z0-9_-]/g, "_");
}
