import { type ChannelOptions, experimental } from "@grpc/grpc-js";

/**
 * Milliseconds between two look-ups of a name, a fifth more or less each time, so that many channels do not ask in step.
 * A name that lists new replicas has them called within 6 s and the time to connect.
 */
const REFRESH_MS = 5_000;
const JITTER = 0.2;

const SCHEME = "fairlead-dns";

/**
 * The addresses of a DNS name, looked up again and again while the channel is in use.
 *
 * grpc-js looks a name up anew only when a connection ends. That leaves replicas without calls where no connection does
 * (a peer without a bound of their age), and where the one look-up of that moment fails, which it does not repeat. Names
 * are looked up by the system's resolver (getaddrinfo): it alone follows the search domains of Kubernetes.
 */
class RefreshingResolver implements experimental.Resolver {
  readonly #names: experimental.Resolver;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: experimental.GrpcUri, listener: experimental.ResolverListener, options: ChannelOptions) {
    this.#names = experimental.createResolver({ ...target, scheme: "dns" }, listener, options);
  }

  updateResolution(): void {
    this.#names.updateResolution();
    this.#timer ??= this.#later();
  }

  /** The channel fell idle or was closed; the former comes back by updateResolution. */
  destroy(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#names.destroy();
  }

  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return target.path;
  }

  #later(): NodeJS.Timeout {
    const milliseconds = REFRESH_MS * (1 - JITTER + 2 * JITTER * Math.random());
    return setTimeout(() => {
      this.#timer = this.#later();
      this.#names.updateResolution();
    }, milliseconds).unref();
  }
}

experimental.registerResolver(SCHEME, RefreshingResolver);

const SCHEMES = /^(dns|ipv4|ipv6|unix|unix-abstract):/;

/** A gRPC target whose name is looked up again and again. Targets of fixed addresses stay as they are. */
export function refreshing(target: string): string {
  const scheme = SCHEMES.exec(target)?.[1];
  if (scheme === undefined) return `${SCHEME}:${target}`;
  return scheme === "dns" ? `${SCHEME}${target.slice("dns".length)}` : target;
}
