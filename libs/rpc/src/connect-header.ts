/** Header that tells an adapter the milliseconds it has to connect to its provider and send a request. */
export const CONNECT_HEADER = "x-fairlead-connect-ms";
