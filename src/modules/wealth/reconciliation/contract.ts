import { z } from 'zod';

export const breakCauses = [
  'missing_split',
  'swapped',
  'timing',
  'doubled',
  'not_opened',
  'missing_transaction',
] as const;

const named = z.object({ id: z.uuid(), name: z.string() });

export const openBreak = z
  .object({
    account: named,
    household: named,
    day: z.string().describe('Of the last positions that the custodian gave'),
    security: named.nullable().describe('Null for cash'),
    currency: z.string().nullable().describe('Of cash'),
    ours: z.string().describe('What our transactions give at the end of the day'),
    theirs: z.string().describe('What the custodian says'),
    difference: z.string().describe('Theirs less ours'),
    cause: z.enum(breakCauses).describe('What it likely comes from'),
    transaction_id: z.uuid().nullable().describe('The transaction that it likely comes from'),
    mend: z
      .enum(['split', 'transfer', 'correction', 'swap', 'reversal'])
      .nullable()
      .describe('What would close it; null where it closes by itself'),
    accepted: z.object({ id: z.uuid(), note: z.string(), at: z.string() }).nullable(),
  })
  .meta({ id: 'AccountBreak' });
export type OpenBreak = z.output<typeof openBreak>;

export const accountBreaks = z.object({
  day: z
    .string()
    .nullable()
    .describe('Null where the custodian has said nothing, or there are no transactions to compare'),
  compared: z.int().describe('How many holdings were compared'),
  open: z.int(),
  data: z.array(openBreak),
});

export const allBreaks = z.object({
  open: z.int().describe('How many are open; of these the first are shown'),
  data: z.array(openBreak),
  accepted: z.array(openBreak).describe('The first of those that somebody accepted, as long as the difference stays'),
});

/** A break is closed as the answer proposes, and only while it is as the caller saw it. */
export const mending = z.strictObject({
  security_id: z.uuid().nullable(),
  currency: z.string().length(3).regex(/^[A-Z]{3}$/).nullable().default(null).describe('Of cash'),
  difference: z.string().max(40),
  mend: z.enum(['split', 'transfer', 'correction', 'swap', 'reversal']),
}); // biome-ignore format: one fact a line
