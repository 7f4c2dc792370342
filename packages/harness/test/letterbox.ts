import type { Deliverer, Destination, OutMessage } from "@executus/deliver";

export interface Arrived {
  readonly destination: Destination;
  readonly key: string;
  readonly text: string;
  readonly files: readonly (readonly [name: string, text: string])[];
}

/** A way out that keeps what arrives, and shows a key once. */
export function letterbox(check?: (message: OutMessage) => void): {
  readonly arrived: Arrived[];
  readonly deliverer: Deliverer;
} {
  const arrived: Arrived[] = [];
  const keys = new Set<string>();
  const deliverer: Deliverer = {
    async deliver(destination, message) {
      check?.(message);
      const files = await Promise.all(
        (message.files ?? []).map(
          async (file) => [file.name, await new Response(file.stream()).text()] as const,
        ),
      );
      const name = JSON.stringify([message.key, destination]);
      if (!keys.has(name)) arrived.push({ destination, key: message.key, text: message.text, files });
      keys.add(name);
      return { status: "delivered", parts: [{ index: 0, status: "sent", attempts: 1 }], notes: [] };
    },
    dedupes: async () => true,
  };
  return { arrived, deliverer };
}
