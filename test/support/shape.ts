/** A running mesh, whatever its shape, as tests see it. */
export interface Shape {
  readonly httpUrl: string;
  readonly grpcAddress: string;
  readonly simulatorUrl: string;
  close(): Promise<void>;
}
