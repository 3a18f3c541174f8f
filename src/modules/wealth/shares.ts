/** A part of a whole, such as 1/3; exact, so that thirds add up. */
export interface Share {
  share_numerator: number;
  share_denominator: number;
}

/**
 * Compares the sum of shares with the whole: negative when less of it is given out, zero when all is, positive when
 * more.
 */
export function compareToWhole(shares: readonly Share[]): number {
  let [numerator, denominator] = [0n, 1n];
  for (const share of shares) {
    const [n, d] = [BigInt(share.share_numerator), BigInt(share.share_denominator)];
    numerator = numerator * d + n * denominator;
    denominator *= d;
  }
  return numerator === denominator ? 0 : numerator < denominator ? -1 : 1;
}
