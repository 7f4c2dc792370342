import { expect, test } from "vitest";
import { Ring } from "../src/contestants/ring.ts";

test("Ring gives items back in the order in which they came, also when it wraps around and grows", () => {
  const ring = new Ring<number>(2);
  const out: (number | undefined)[] = [];
  let next = 0;
  for (let step = 0; step < 200; step += 1) {
    ring.push(next);
    ring.push(next + 1);
    next += 2;
    out.push(ring.shift());
  }
  while (ring.size > 0) out.push(ring.shift());
  expect(out).toEqual(Array.from({ length: 400 }, (_, index) => index));
});

test("shift() of an empty ring gives undefined", () => {
  expect(new Ring<number>().shift()).toBeUndefined();
});
