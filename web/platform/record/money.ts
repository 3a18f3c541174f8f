export interface Money {
  amount: string;
  currency: string;
}

/** Several currencies as one, and what has no rate beside it. */
export interface MoneyTotal extends Money {
  without_rate: readonly Money[];
}
