/** What the store needs of a connection. A `PoolClient` of pg is one. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  /** Gives the connection back; `true` says that it must not be used again. */
  release(broken?: boolean): void;
}

export interface PostgresResult {
  readonly rows: readonly unknown[];
}

/** Where the store gets its connections from. A `Pool` of pg is one. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}
