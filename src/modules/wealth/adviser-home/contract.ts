import { z } from 'zod';
import { serviceTiers } from '../household/contract.ts';

const named = z.object({ id: z.uuid(), name: z.string() });
/** How many there are, and the first of them. */
const part = <S extends z.ZodType>(row: S) => z.object({ total: z.int(), data: z.array(row) });

export const adviserHome = z
  .object({
    today: z.string(),
    reviews: part(
      z.object({
        household: named,
        tier: z.enum(serviceTiers).nullable(),
        due_on: z.string(),
        last_on: z.string().nullable(),
      }),
    )
      .extend({ overdue: z.int() })
      .describe('Of active households, due within 30 days or before'),
    identity_checks: part(
      z.object({
        contact: named,
        household: named.nullable(),
        risk_class: z.string().nullable(),
        due_on: z.string().nullable().describe('Null where nobody ever checked'),
      }),
    )
      .extend({ overdue: z.int() })
      .nullable()
      .describe('Due within 60 days or before, or never made; null where the caller may not read client profiles'),
    birthdays: part(
      z.object({
        contact: named,
        household: named,
        on: z.string().describe('The day on which it is this time'),
        turns: z.int().nullable().describe('Null where the year is unknown, or stands in a sealed date of birth alone'),
      }),
    )
      .extend({
        not_looked_at: z
          .int()
          .describe(
            'Clients whose sealed date of birth was not opened: there are too many, or the caller may reveal none',
          ),
      })
      .describe('Of members of households within 14 days'),
    breaks: part(
      z.object({
        account: named,
        household: named,
        security: named.nullable().describe('Null for cash'),
        currency: z.string().nullable(),
        day: z.string(),
        difference: z.string(),
      }),
    ).describe('Open breaks of reconciliation'),
    documents: part(
      z.object({ id: z.uuid(), name: z.string(), type: z.string(), household: named, at: z.string() }),
    ).describe('Filed within 14 days'),
    tiers: z
      .array(z.object({ tier: z.enum(serviceTiers).nullable(), households: z.int() }))
      .describe('Active households by their service tier'),
  })
  .meta({ id: 'AdviserHome' });
export type AdviserHome = z.output<typeof adviserHome>;
