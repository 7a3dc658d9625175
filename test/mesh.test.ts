import { describeScenarios } from "./scenarios.ts";
import { SCENARIO_ENVIRONMENT } from "./support/scenario-environment.ts";
import { startMesh } from "./support/start-mesh.ts";

describeScenarios("a mesh of processes with two routers", () => startMesh(SCENARIO_ENVIRONMENT, { router: 2 }));
