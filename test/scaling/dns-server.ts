import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { decode, encode, type Packet } from "dns-packet";

/** Seconds that answers may be kept, as those of Kubernetes' own names. */
const TTL = 5;
/** Where the system's resolver asks; a resolv.conf names no port. */
const PORT = 53;

/** A name server for the addresses of a test's services. */
export interface DnsServer {
  /** What it answers from now on; a name without addresses is not there. */
  list(name: string, addresses: readonly string[]): void;
  close(): Promise<void>;
}

/** Serves A records over UDP at port 53 of a loopback address of its own. */
export async function startDnsServer(address: string): Promise<DnsServer> {
  const names = new Map<string, readonly string[]>();
  const socket = createSocket("udp4");
  socket.on("message", (asked: Buffer, { address: from, port }: RemoteInfo) => {
    socket.send(encode(answer(decode(asked), names)), port, from);
  });
  socket.bind(PORT, address);
  await once(socket, "listening");
  return {
    list: (name, addresses) => void names.set(name, addresses),
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function answer({ id, questions = [] }: Packet, names: ReadonlyMap<string, readonly string[]>): Packet {
  const [question] = questions;
  const name = question?.name.toLowerCase() ?? "";
  const addresses = names.get(name) ?? [];
  const answers = question?.type === "A" ? addresses.map((data) => ({ type: "A" as const, name, ttl: TTL, data })) : [];
  // A name that has addresses has none of the other family, which is not the same as not being there.
  const flags = AUTHORITATIVE | (addresses.length === 0 ? NOT_THERE : 0);
  return { type: "response", id, flags, questions, answers } as Packet;
}

const AUTHORITATIVE = 1 << 10;
const NOT_THERE = 3;
