import type { Order } from "../contestants/contestant.ts";
import { seededRandom } from "../measure/random.ts";

export interface OrderOptions {
  /** How many callers take part. @default 1 */
  readonly callers?: number | undefined;
  /** How many priorities they use. @default 1 */
  readonly priorities?: number | undefined;
}

/** Orders in random sequence, the same in every run. Made beforehand, since making them is nobody's work but the caller's. */
export function makeOrders(count: number, { callers = 1, priorities = 1 }: OrderOptions = {}): Order[] {
  const random = seededRandom(count);
  const callerIds = Array.from({ length: callers }, (_, index) => `caller-${index}`);
  return Array.from({ length: count }, () => ({
    callerId: callerIds[Math.floor(random() * callers)] ?? "",
    priority: Math.floor(random() * priorities),
  }));
}

/** Gives each order a signal of its own, and returns what aborts them. */
export function withOwnSignals(orders: readonly Order[]): {
  orders: Order[];
  controllers: AbortController[];
} {
  const controllers = orders.map(() => new AbortController());
  return {
    controllers,
    orders: orders.map((order, index) => ({ ...order, signal: controllers[index]?.signal })),
  };
}
