import { describeScenarios } from "./scenarios.ts";
import { SCENARIO_ENVIRONMENT } from "./support/scenario-environment.ts";
import { startEmbedded } from "./support/start-embedded.ts";

describeScenarios("embedded, in one process", () => startEmbedded(SCENARIO_ENVIRONMENT));
