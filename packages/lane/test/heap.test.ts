import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap, type HeapEntry } from "../src/heap.ts";

interface Item extends HeapEntry {
  key: number;
  readonly order: number;
}

function compare(a: Item, b: Item): number {
  return (a.key % 5) - (b.key % 5) || a.key - b.key || a.order - b.order;
}

test("Heap gives its entries in order under any mix of push, remove and update", () => {
  const step = fc.record({
    act: fc.constantFrom("push", "push", "remove", "update", "pop"),
    at: fc.nat(),
    key: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Heap<Item>();
      let model: Item[] = [];
      for (const [order, { act, at, key }] of steps.entries()) {
        const chosen = model[at % Math.max(1, model.length)];
        if (act === "push") {
          const item = { key, order, position: -1 };
          heap.push(item, key % 5, key, order);
          model.push(item);
        } else if (act === "pop") {
          const least = heap.peek();
          if (least) heap.remove(least);
          const expected = model.toSorted(compare)[0];
          expect(least).toBe(expected);
          model = model.filter((item) => item !== least);
        } else if (chosen && act === "remove") {
          heap.remove(chosen);
          expect(chosen.position).toBe(-1);
          model = model.filter((item) => item !== chosen);
        } else if (chosen) {
          chosen.key = key;
          heap.update(chosen, key % 5, key, chosen.order);
        }
        expect(heap.size).toBe(model.length);
      }
    }),
  );
});
