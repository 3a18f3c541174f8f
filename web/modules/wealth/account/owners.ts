import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { accountOwner } from '../../../../src/modules/wealth/account-owner/contract.ts';
import { t } from '../../../text/text.ts';
import { formatPercent } from '../../../ui/format.ts';

export type AccountOwner = RowOf<typeof accountOwner>;

/** A part of the whole, as a fraction of whole numbers. */
interface Share {
  numerator: number;
  denominator: number;
}

export const shareText = ({ share_numerator, share_denominator }: AccountOwner): string | null =>
  share_numerator === null
    ? null
    : share_denominator === 1
      ? formatPercent(100)
      : `${share_numerator}/${share_denominator}`;

export const ownerName = ({ contact, legal_entity }: AccountOwner): string =>
  (contact ?? legal_entity)?.name ?? t('Not visible to you');

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

/** The exact sum of shares, in lowest terms: thirds add up to one. */
export function addShares(shares: readonly Share[]): Share {
  let [n, d] = [0n, 1n];
  for (const { numerator, denominator } of shares) {
    n = n * BigInt(denominator) + BigInt(numerator) * d;
    d *= BigInt(denominator);
    const common = divisor(n < 0n ? -n : n, d) || 1n;
    n /= common;
    d /= common;
  }
  return { numerator: Number(n), denominator: Number(d) };
}

/**
 * Of owners, and of beneficiaries of each rank, who have exact parts: what these add up to, where that is not the
 * whole.
 */
export function shortOfWhole(owners: readonly AccountOwner[]): { role: AccountOwner['role']; share: string }[] {
  return [...Map.groupBy(owners, ({ role }) => role)].flatMap(([role, all]) => {
    const shares = all.flatMap(({ share_numerator: numerator, share_denominator: denominator }) =>
      numerator === null || denominator === null ? [] : { numerator, denominator },
    );
    const { numerator, denominator } = addShares(shares);
    return shares.length === 0 || numerator === denominator ? [] : { role, share: `${numerator}/${denominator}` };
  });
}
