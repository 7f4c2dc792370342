/** Between code that asks for a child and the child, which may need the slot of that code. */
export interface SlotHandover {
  /** The child begins: until it asks for a slot it may still come to nothing. */
  readonly begin: () => void;
  /** Resolves when the child is about to be queued; at once if none has begun. */
  readonly untilAsked: () => Promise<void>;
  /** Says that, and resolves when the slot is free. */
  readonly untilFree: () => Promise<void>;
  readonly free: () => void;
}

export function slotHandover(): SlotHandover {
  const asked = Promise.withResolvers<void>();
  const freed = Promise.withResolvers<void>();
  let hasBegun = false;
  return {
    begin: () => void (hasBegun = true),
    untilAsked: async () => (hasBegun ? asked.promise : undefined),
    untilFree: () => {
      asked.resolve();
      return freed.promise;
    },
    free: freed.resolve,
  };
}
