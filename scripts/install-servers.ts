import { findServer } from "../deploy/local-mesh/src/find-server.ts";

// Tests run against the real servers; on a bare machine they come from the system's packages.
const say = (line: string) => process.stderr.write(`${line}\n`);
findServer("nats-server", "nats-server", say);
findServer("redis-server", "redis-server", say);
// Queries and alerts are tried on it. Here, and not in the suites: two of them would ask the package manager at the same time.
findServer("prometheus", "prometheus", say);
