import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A network between client and server that can be told to fail. */
export interface Proxy {
  readonly url: string;
  /** From now on nothing comes through, on old connections or new ones, and nobody is told. */
  drop(): void;
  /** From now on no answers come through. */
  deafen(): void;
  /** What connects from now on comes through; what was sent meanwhile is lost. */
  restore(): void;
  /** What connects from now on comes to another server. */
  moveTo(url: string): void;
  /** Nothing comes through on the connections that there are, and nobody is told; new ones are as ever. */
  forget(): void;
}

export async function openProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  let port = Number(target.port || 6379);
  const sockets = new Set<Socket>();
  let isDropping = false;
  let isDeaf = false;
  let era = 0;
  const proxy = createServer((near) => {
    const far = connect(port, target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    const mine = era;
    near.on("data", (chunk) => isDropping || mine < era || far.write(chunk));
    far.on("data", (chunk) => isDropping || isDeaf || mine < era || near.write(chunk));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  target.port = String((proxy.address() as AddressInfo).port);
  return {
    url: target.href,
    drop: () => void (isDropping = true),
    moveTo: (to) => void (port = Number(new URL(to).port)),
    forget: () => void (era += 1),
    deafen: () => void (isDeaf = true),
    restore: () => {
      isDropping = false;
      isDeaf = false;
      cut();
    },
  };
}
