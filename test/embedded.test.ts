import { describeScenarios } from "./scenarios.ts";
import { startEmbedded } from "./support/start-embedded.ts";

describeScenarios("embedded, in one process", () => startEmbedded());
