import { createPostgres } from "../../packages/store-postgres/test/server/server.ts";

/** A server that an example talks to. */
export interface ExampleServer {
  readonly env: Readonly<Record<string, string>>;
  /** What the example prints with it, where its README shows what happens without. */
  readonly output: string;
  readonly stop: () => Promise<void>;
}

/** Starts the server that a package is for, if it is for one. */
export async function startServer(packageName: string): Promise<ExampleServer | undefined> {
  if (packageName !== "@executus/store-postgres") return undefined;
  const server = await createPostgres();
  return { env: { DATABASE_URL: server.url }, output: "run-7 is queued", stop: () => server.remove() };
}
