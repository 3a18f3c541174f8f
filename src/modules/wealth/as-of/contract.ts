import { z } from 'zod';
import { namedReference } from '../../../kernel/contract/fields.ts';
import { dateText } from '../../../kernel/contract/time.ts';
import { accountOwner } from '../account-owner/contract.ts';
import { communication } from '../communication/contract.ts';
import { holdings } from '../figures/contract.ts';
import { householdAdviser } from '../household-adviser/contract.ts';
import { householdMember } from '../household-member/contract.ts';

export const asOfQuery = z.strictObject({
  date: dateText().optional().describe('A day that is over; today by default'),
});

/** What cannot be known of that day, and why. */
const notKnown = z.object({
  of: z.enum(['household', 'account', 'document', 'trail']),
  /** Of the record; null: of all. */
  id: z.uuid().nullable(),
  name: z.string().nullable(),
  fields: z.array(z.string()),
  why: z.enum(['written_down_later', 'erased', 'archived', 'sealed', 'not_recorded']),
  since: z.iso.datetime().nullable().describe('From when on it is known'),
});
export type NotKnown = z.output<typeof notKnown>;

const values = z.record(z.string(), z.unknown());

export const asOf = z
  .object({
    date: z.string(),
    household: values
      .nullable()
      .describe('Its fields as they stood at the end of that day; null where it was not written down yet'),
    members: z.array(householdMember.row),
    advisers: z.array(householdAdviser.row),
    accounts: z.array(
      z
        .looseObject({ id: z.uuid(), name: z.string(), owners: z.array(accountOwner.row) })
        .describe('Fields of an account as they stood'),
    ),
    /**
     * What was held at the end of that day and was worth then, as far as transactions, positions and prices are known
     * by now.
     */
    holdings,
    documents: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        type: z.string(),
        dated_on: z.string().nullable(),
        version: z
          .object({
            number: z.int(),
            name: z.string(),
            sha256: z.string(),
            written_at: z.iso.datetime(),
            author: namedReference.nullable(),
          })
          .nullable(),
      }),
    ),
    communications: z.array(communication.row),
    more_communications: z.boolean(),
    not_known: z.array(notKnown),
  })
  .meta({ id: 'HouseholdAsOf' });
export type AsOf = z.output<typeof asOf>;
