import { readFileSync } from "node:fs";
import { type ConnectionOptions, credsAuthenticator } from "nats";

/** How one logs in to NATS; nothing of it: without a name. */
export interface NatsLogin {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** File with a JWT and its key, read anew at each connection. */
  readonly credsFile?: string;
}

/**
 * A login as the client takes it.
 *
 * @throws Error when the file cannot be read
 */
export function loginOptions({ user, password, token, credsFile }: NatsLogin): Partial<ConnectionOptions> {
  return {
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    ...(token === undefined ? {} : { token }),
    ...(credsFile === undefined ? {} : { authenticator: credsAuthenticator(latest(credsFile)) }),
  };
}

/** The content of a file, or what it was when it was last there: the client closes for good where this fails. */
function latest(file: string): () => Uint8Array {
  let content: Uint8Array = readFileSync(file);
  return () => {
    try {
      content = readFileSync(file);
    } catch {
      // It is being replaced; what is known may still be good.
    }
    return content;
  };
}
