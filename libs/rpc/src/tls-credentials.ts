import { type ChannelCredentials, experimental, type ServerCredentials } from "@grpc/grpc-js";
import type { TlsMaterial } from "./tls-material.ts";

/** Credentials for both ends of mutual TLS, of which certificate, key and authorities can be replaced while they are in use. */
export interface TlsCredentials {
  /** For servers: a client without a certificate of a trusted authority is refused. */
  readonly server: ServerCredentials;
  /** For clients: the server must have a certificate of a trusted authority with the name of the target in it. */
  readonly channel: ChannelCredentials;
  /** Takes others for the connections to come; those that stand are not touched. */
  replace(material: TlsMaterial): void;
}

/**
 * Makes credentials for mutual TLS. What is handed over must fit together: see `checkTlsMaterial`.
 *
 * grpc-js's own provider reads files one by one and by the clock: while a certificate and a key of different issues lie
 * side by side its server drops every connection. This one is handed whole sets only.
 */
export function createTlsCredentials(material: TlsMaterial): TlsCredentials {
  const provider = new ReplaceableCertificates(material);
  return {
    server: experimental.createCertificateProviderServerCredentials(provider, provider, true),
    channel: experimental.createCertificateProviderChannelCredentials(provider, provider),
    replace: (next) => provider.replace(next),
  };
}

/** Tells certificates to the servers and channels of grpc-js. */
class ReplaceableCertificates implements experimental.CertificateProvider {
  readonly #authorityListeners = new Set<experimental.CaCertificateUpdateListener>();
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  #material: TlsMaterial;

  constructor(material: TlsMaterial) {
    this.#material = material;
  }

  replace(material: TlsMaterial): void {
    this.#material = material;
    // In one turn, so that no connection is made between the two.
    for (const listener of this.#identityListeners) listener(this.#identity());
    for (const listener of this.#authorityListeners) listener(this.#authorities());
  }

  // grpc-js takes note of a first telling only when it comes after the call.
  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.add(listener);
    process.nextTick(() => listener(this.#authorities()));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.add(listener);
    process.nextTick(() => listener(this.#identity()));
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.delete(listener);
  }

  #authorities(): experimental.CaCertificateUpdate {
    return { caCertificate: this.#material.authorities };
  }

  #identity(): experimental.IdentityCertificateUpdate {
    return { certificate: this.#material.certificate, privateKey: this.#material.privateKey };
  }
}
