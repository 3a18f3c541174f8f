import {
  currency,
  date,
  exactDecimal,
  integer,
  reference,
  requiredDate,
  requiredReference,
  requiredSelect,
  text,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { financialAccount } from '../financial-account/contract.ts';

/**
 * What kinds of movements an account knows. Quantities and amounts say the direction, so there is no kind for each side
 * of a merger or a correction.
 */
export const transactionKinds = [
  'buy',
  'sell',
  'dividend',
  'interest',
  'capital_gain',
  'reinvestment',
  'fee',
  'tax',
  'deposit',
  'withdrawal',
  'transfer_in',
  'transfer_out',
  'split',
  'merger',
  'spin_off',
  'return_of_capital',
  'exchange',
  'correction',
  'other',
] as const;
export type TransactionKind = (typeof transactionKinds)[number];

const amount = { whole: 12, scale: 6 };
const quantity = { whole: 10, scale: 8 };

/**
 * A movement of an account: never changed nor deleted, but set off by a reversal. Positive quantities and amounts are
 * more in the account, negative ones less. One movement of two securities, such as a merger, is one row for each.
 */
export const transaction = defineResource({
  name: 'account_transaction',
  right: 'household',
  plural: 'transactions',
  table: 'account_transaction',
  title: 'transaction',
  partOf: [{ column: 'account_id', resource: financialAccount }],
  defaultSort: '-traded_on',
  highVolume: true,
  imported: true,
  appendOnly: { by: 'reverses_id', negated: ['quantity', 'amount', 'fees', 'taxes', 'cost'] },
  fields: {
    account_id: requiredReference('financial_account', { title: 'Account', expand: 'account' }),
    traded_on: requiredDate({ title: 'Day' }),
    settled_on: date({ title: 'Settled on' }),
    kind: requiredSelect(transactionKinds, { title: 'Kind' }),
    security_id: reference('financial_security', { title: 'Security', expand: 'security' }),
    /** How many units more are held afterwards. */
    quantity: exactDecimal(quantity, { title: 'Quantity' }),
    price: exactDecimal(quantity, { title: 'Market price' }),
    /** What it does to the cash of the account, fees and taxes included. */
    amount: exactDecimal(amount, { title: 'Amount' }),
    currency: currency({ title: 'Currency' }),
    fees: exactDecimal(amount, { title: 'Fees' }),
    taxes: exactDecimal(amount, { title: 'Taxes' }),
    /** What the units cost that come in without being paid here, where it is known. */
    cost: exactDecimal(amount, { title: 'Cost' }),
    counter_account_id: reference('financial_account', { title: 'Other account', expand: 'counter_account' }),
    description: text(500, { title: 'Description' }),
    external_id: text(200, { title: 'External ID', byCodePoint: true }),
    /** Which of several equal rows of one file it is. */
    occurrence: integer({ min: 1, max: 100_000 }, { title: 'Occurrence' }),
    reverses_id: reference('account_transaction', { title: 'Reverses', readOnly: true }),
  },
});
