import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A network between client and server that can be told to fail. */
export interface Proxy {
  readonly url: string;
  /** From now on no answer comes through: the server does what it is asked, and nobody learns of it. */
  mute(): void;
  /** Resolves when the server has answered something that was held back. */
  readonly swallowed: Promise<void>;
  /** Ends every connection and lets new ones through again. */
  cut(): void;
}

export async function openProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const port = Number(target.port);
  const sockets = new Set<Socket>();
  const swallowed = Promise.withResolvers<void>();
  let isMute = false;
  const proxy = createServer((near) => {
    const far = connect(port, target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk) => (isMute ? swallowed.resolve() : near.write(chunk)));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const cut = (): void => {
    isMute = false;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  target.port = String((proxy.address() as AddressInfo).port);
  return { url: target.href, mute: () => void (isMute = true), swallowed: swallowed.promise, cut };
}
