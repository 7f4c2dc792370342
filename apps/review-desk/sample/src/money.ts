/** A price in cents. */
export type Cents = number;

/** Adds up prices. */
export function total(prices: readonly Cents[]): Cents {
  return prices.reduce((sum, price) => sum + price, 0);
}
