/** A program that contestants need. */
export interface Server {
  readonly url: string;
  /** Ends it and removes what it stored. */
  readonly remove: () => Promise<void>;
}

/** A server that is started when somebody needs it first, and ended once. */
export interface SharedServer {
  readonly url: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

export function shareServer(start: () => Promise<Server>): SharedServer {
  let server: Promise<Server> | undefined;
  return {
    url: async () => (await (server ??= start())).url,
    stop: async () => {
      const started = server;
      server = undefined;
      await (await started)?.remove();
    },
  };
}
