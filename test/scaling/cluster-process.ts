import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the names of a cluster are looked up, written as the kubelet writes it into pods. */
export async function writeResolverFile(dir: string, nameServer: string, namespace: string): Promise<string> {
  const file = join(dir, "resolv.conf");
  const search = `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`;
  await writeFile(file, `nameserver ${nameServer}\n${search}\noptions ndots:5 timeout:1\n`);
  return file;
}

/** A process that sees its own /etc/resolv.conf; everything else is the machine's. */
export interface ClusterProcess {
  readonly process: ChildProcess;
  /** Status of the process once it has ended; a signal's name where that ended it. */
  readonly ended: Promise<number | string>;
}

const MOUNT_AND_RUN = 'mount --bind "$0" /etc/resolv.conf && exec setpriv --pdeathsig KILL "$@"';

/** Starts Node in a mount namespace of its own, which needs root. It does not outlive the test. */
export function startClusterProcess(
  entry: string,
  { resolverFile, environment, logFile }: { readonly resolverFile: string; readonly environment: Readonly<Record<string, string>>; readonly logFile: string },
): ClusterProcess {
  const log = openSync(logFile, "a");
  const args = ["--mount", "sh", "-c", MOUNT_AND_RUN, resolverFile, process.execPath, entry];
  const child = spawn("unshare", args, { env: { PATH: process.env["PATH"], ...environment }, stdio: ["ignore", log, log] });
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  return { process: child, ended };
}
