import { type ChildProcess, spawn } from "node:child_process";
import { extname, join } from "node:path";

/** Answers how much memory is used, after a collection, whenever it is asked. It runs in the desk's process. */
const memoryProbe = `data:text/javascript,${encodeURIComponent(`
  process.on("message", () => { globalThis.gc(); process.send(process.memoryUsage().heapUsed); });
  process.channel.unref();
`)}`;

/** One process of the service, of several on one store. */
export interface DeskProcess {
  readonly url: string;
  /** What is on its heap, in bytes. */
  heapBytes(): Promise<number>;
  /** Ends it; resolves with the exit code when it has gone, `null` after a kill. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null>;
}

/** Starts the service from the same kind of file that this is: the sources, or the build. */
export async function startDesk(folder: string): Promise<DeskProcess> {
  const main = join(import.meta.dirname, `../main${extname(import.meta.url)}`);
  const args = [...process.execArgv, "--expose-gc", "--import", memoryProbe, main];
  const child = spawn(process.execPath, [...args, "serve", "--config", "desk.json"], {
    cwd: folder,
    env: {
      ...process.env,
      EXECUTUS_LOG_LEVEL: "warn",
      EXECUTUS_LEASE: "1s",
      EXECUTUS_DELIVERY_DEADLINE: "2s",
    },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const gone = new Promise<number | null>((resolve) => child.once("close", resolve));
  const url = await addressOf(child, gone);
  return {
    url,
    heapBytes: () =>
      new Promise((resolve, reject) => {
        child.once("message", (bytes) => resolve(Number(bytes)));
        child.send("how much?", (error) => (error ? reject(error) : undefined));
      }),
    end(signal) {
      child.kill(signal);
      return gone;
    },
  };
}

function addressOf(child: ChildProcess, gone: Promise<number | null>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const url = /listens on (\S+)\n/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    void gone.then((code) => reject(new Error(`the desk ended with ${code} before it listened`)));
  });
}
