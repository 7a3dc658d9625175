import { describeScenarios } from "./scenarios.ts";
import { startMesh } from "./support/start-mesh.ts";

describeScenarios("a mesh of processes with two routers", () => startMesh({}, { router: 2 }));
