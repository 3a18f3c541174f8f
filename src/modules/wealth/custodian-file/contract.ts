import { z } from 'zod';
import { record } from '../../../kernel/contract/bounds.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { transactionKinds } from '../transaction/contract.ts';

/** What a column of a file can be. */
export const fileFields = [
  'account',
  'traded_on',
  'settled_on',
  'kind',
  'side',
  'description',
  'isin',
  'cusip',
  'ticker',
  'other_id',
  'name',
  'quantity',
  'price',
  'price_currency',
  'amount',
  'gross',
  'value',
  'fees',
  'taxes',
  'currency',
  'external_id',
] as const;

const key = z.int().min(0).max(100_000).describe('As the answer counts it, from 0 on');
const decided_max = 20_000;

/** What somebody says of a file that nobody knows. */
const ownMapping = z.strictObject({
  of: z.enum(['transactions', 'positions']).default('transactions'),
  columns: record(z.string().max(40), z.string().trim().min(1).max(200), fileFields.length)
    .refine((columns) => Object.keys(columns).every((field) => (fileFields as readonly string[]).includes(field)), {
      error: `The fields are ${fileFields.join(', ')}`,
    })
    .describe('The name of its column for each field that the file has'),
  kinds: record(z.string().trim().max(200), z.enum([...transactionKinds, 'cash', 'transfer', 'trade', 'skip']), 200)
    .default({})
    .describe(
      'What each word of the column of kinds means. Without such a column units come in or leave by their sign, and so does cash',
    ),
  order: z.enum(['dmy', 'mdy']).default('dmy').describe('How days are written that do not begin with the year'),
  decimal: z.enum(['.', ',']).optional(),
  currency: z
    .string()
    .length(3)
    .regex(/^[A-Z]{3}$/)
    .optional(),
});

export const fileDecisions = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        key,
        account_id: z.uuid().optional().describe('It is this one; an account without a number gets that of the file'),
        create: z.strictObject({ household_id: z.uuid(), name: z.string().trim().min(1).max(200) }).optional(),
        skip: z.literal(true).optional(),
      }),
    )
    .max(2_000)
    .default([]),
  securities: z
    .array(
      z.strictObject({
        key,
        security_id: z.uuid().optional(),
        create: z.literal(true).optional(),
        skip: z.literal(true).optional(),
      }),
    )
    .max(decided_max)
    .default([]),
  create_securities: z
    .boolean()
    .default(false)
    .describe('Create every security that is not known, by what the file says of it'),
  day: dateText().optional().describe('Of positions in a file that gives no day; today by default'),
  mapping: ownMapping.optional().describe('What the columns are of a file that nobody knows'),
});
export type FileDecisions = z.output<typeof fileDecisions>;

const rowOutcomes = ['imported', 'duplicate', 'waiting', 'skipped', 'refused'] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

const place = z.enum(['matched', 'waiting', 'skipped', 'created']);
const text = z.string().nullable();

const fileAccount = z.object({
  key: z.int(),
  number: text.describe('Its end; null where the file names none'),
  institution: text,
  currency: text,
  transactions: z.int(),
  positions: z.int(),
  outcome: place,
  account: z.object({ id: z.uuid(), name: z.string(), household: z.string() }).nullable(),
  candidates: z.int().describe('How many accounts have this number, where it is not one'),
});

const fileSecurity = z.object({
  key: z.int(),
  isin: text,
  cusip: text,
  ticker: text,
  other_id: text,
  name: text,
  currency: text,
  rows: z.int(),
  outcome: place,
  security: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  candidates: z.int().describe('How many securities it could be, where it is not one'),
});

const fileRow = z.object({
  line: z.int().describe('Where it stands in the file; 0 for a balance'),
  outcome: z.enum(rowOutcomes),
  reason: text,
  account: z.int().nullable().describe('A key of `accounts`'),
  security: z.int().nullable().describe('A key of `securities`'),
  kind: text,
  day: text,
  quantity: text,
  amount: text,
  currency: text,
  description: text,
});

export const fileReport = z
  .object({
    source: text.describe('Who wrote it; null when nobody knows, and `unknown` says what is in it'),
    unknown: z.object({ columns: z.array(z.string()), samples: z.array(z.array(z.string())) }).nullable(),
    rows: z.int().describe('Transactions, positions and balances. Each has one outcome'),
    counts: z.object({ imported: z.int(), duplicate: z.int(), waiting: z.int(), skipped: z.int(), refused: z.int() }),
    accounts: z.array(fileAccount),
    securities: z.array(fileSecurity),
    samples: z.array(fileRow).describe('Some rows of each outcome'),
  })
  .meta({ id: 'CustodianFileReport' });
export type FileReport = z.output<typeof fileReport>;
export type FileRow = z.output<typeof fileRow>;
