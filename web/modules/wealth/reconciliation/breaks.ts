import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { accountBreaks, allBreaks, OpenBreak } from '../../../../src/modules/wealth/reconciliation/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { formatDecimal, formatMoney } from '../../../ui/format.ts';

export type AccountBreaks = z.infer<typeof accountBreaks>;
export type AllBreaks = z.infer<typeof allBreaks>;
export type Break = OpenBreak;

const breaks_key = 'account_break';

export const useBreaks = (account_id: string) =>
  useQuery({
    queryKey: [breaks_key, account_id],
    queryFn: ({ signal }) => api.get<AccountBreaks>(`/financial-accounts/${account_id}/breaks`, {}, signal),
  });

export const useAllBreaks = () =>
  useQuery({ queryKey: [breaks_key], queryFn: ({ signal }) => api.get<AllBreaks>('/account-breaks', {}, signal) });

export const causeText = (cause: Break['cause']): string =>
  ({
    missing_split: t('A split is missing'),
    swapped: t('Quantity and price of a transaction are swapped'),
    timing: t('Timing: a trade is in the books of one side only yet'),
    doubled: t('A transaction is there twice'),
    not_opened: t('Nothing says where it came from: an opening transfer is missing'),
    missing_transaction: t('A transaction is missing'),
  })[cause];

export const mendText = (mend: NonNullable<Break['mend']>): string =>
  ({
    split: t('Add the split'),
    transfer: t('Add a transfer'),
    correction: t('Add a correction'),
    swap: t('Swap quantity and price'),
    reversal: t('Reverse the second one'),
  })[mend];

/** What one side says of a position: an amount of its currency, or how many units of a security. */
export const breakFigure = (value: string, currency: string | null): string =>
  currency
    ? formatMoney(value, currency, { aligned: true })
    : t('{count} {number, plural, one {unit} other {units}}', { count: formatDecimal(value), number: Number(value) });
