import { t } from '../../../text/text.ts';

const kinds: Readonly<Record<string, string>> = {
  buy: t('Buy'),
  sell: t('Sell'),
  dividend: t('Dividend'),
  interest: t('Interest'),
  capital_gain: t('Capital gain distribution'),
  reinvestment: t('Reinvestment'),
  fee: t('Fee'),
  tax: t('Tax'),
  deposit: t('Deposit'),
  withdrawal: t('Withdrawal'),
  transfer_in: t('Transfer in'),
  transfer_out: t('Transfer out'),
  split: t('Stock split'),
  merger: t('Merger'),
  spin_off: t('Spin-off'),
  return_of_capital: t('Return of capital'),
  exchange: t('Currency exchange'),
  correction: t('Correction'),
  other: t('Other'),
};
export const transactionKindText = (kind: string): string => kinds[kind] ?? kind;
export const transactionKindOptions = Object.entries(kinds).map(([value, label]) => ({ value, label }));

/** Kinds as one looks for them. */
export const kindGroups = [
  { id: 'trades', label: t('Trades'), kinds: ['buy', 'sell', 'reinvestment'] },
  { id: 'income', label: t('Income'), kinds: ['dividend', 'interest', 'capital_gain', 'return_of_capital'] },
  { id: 'cash', label: t('Deposits and withdrawals'), kinds: ['deposit', 'withdrawal', 'transfer_in', 'transfer_out'] },
  { id: 'costs', label: t('Fees and taxes'), kinds: ['fee', 'tax'] },
] as const;
