import { scopeOf } from '../../../kernel/access/rights.ts';
import { isSealedText, openPersonal } from '../../../kernel/resource/personal.ts';
import { openedValues } from '../../../kernel/resource/sealed.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { clientProfile } from '../client-profile/contract.ts';
import { openDifferences } from '../reconciliation/index.ts';
import type { AdviserHome } from './contract.ts';
import {
  type Born,
  countSealed,
  readBorn,
  readChecks,
  readDaysAhead,
  readDocuments,
  readReviews,
  readTiers,
} from './queries.ts';

/** So many sealed dates of birth are opened at most: 13 µs each. */
const opened_max = 2_000;
const shown_max = 6;

/** What waits for an adviser: all of it under what the caller may see. */
export async function readHome(ctx: Context): Promise<AdviserHome> {
  const may = (right: 'client_profile' | 'reveal') => scopeOf(ctx.actor.rights, right, 'read') !== 'none';
  const readsProfiles = may('client_profile');
  const days = await readDaysAhead(ctx);
  const [reviews, checks, birthdays, differences, documents, tiers] = await Promise.all([
    readReviews(ctx),
    readsProfiles ? readChecks(ctx) : null,
    readBirthdays(ctx, days, { readsProfiles, reveals: readsProfiles && may('reveal') }),
    openDifferences(ctx),
    readDocuments(ctx),
    readTiers(ctx),
  ]);
  const { total: due = 0, overdue = 0 } = reviews[0] ?? {};
  return {
    today: days[0]!,
    reviews: { total: due, overdue, data: reviews.map(({ total: _, overdue: __, ...row }) => row) },
    identity_checks: checks && {
      total: checks[0]?.total ?? 0,
      overdue: checks[0]?.overdue ?? 0,
      data: checks.map(({ total: _, overdue: __, ...row }) => row),
    },
    birthdays,
    breaks: {
      total: differences.length,
      data: differences.slice(0, shown_max).map((one) => ({
        account: { id: one.account_id, name: one.account },
        household: { id: one.household_id, name: one.household },
        security: one.security_id === null ? null : { id: one.security_id, name: one.security! },
        currency: one.currency,
        day: one.day,
        difference: one.difference,
      })),
    },
    documents: { total: documents[0]?.total ?? 0, data: documents.map(({ total: _, ...row }) => row) },
    tiers,
  };
}

/**
 * Birthdays from today on. Where a contact says no day, the sealed date of birth is opened here, for who may reveal it;
 * of it the day and the month leave this function, and the year does not (docs/decisions/0252-an-advisers-day.md).
 */
async function readBirthdays(
  ctx: Context,
  days: readonly string[],
  { readsProfiles, reveals }: { readsProfiles: boolean; reveals: boolean },
): Promise<AdviserHome['birthdays']> {
  const soon = new Map(days.map((day) => [day.slice(5), day]));
  // Who was born on a leap day has their birthday on the day before March otherwise.
  if (soon.has('02-28') && !soon.has('02-29')) soon.set('02-29', soon.get('02-28')!);
  const [people, sealed] = await Promise.all([
    readBorn(ctx, [...soon.keys()], reveals ? opened_max : 0),
    readsProfiles ? countSealed(ctx) : 0,
  ]);
  const { days: said, beyond } = await openDays(ctx, people);
  const opened = await openedValues(ctx, clientProfile, people as unknown as Record<string, unknown>[]);
  const dayOf = new Map(opened.map(({ row, text }) => [row.contact_id as string, text?.slice(5)]));
  const found = people.flatMap((one, at) => {
    const birthday = said[at]!;
    const on = soon.get(birthday?.slice(-5) ?? dayOf.get(one.contact_id) ?? '');
    return on === undefined ? [] : [{ ...namesOf(one), on, turns: turnsOf(birthday, on) }];
  });
  found.sort((a, b) => a.on.localeCompare(b.on) || a.contact.name.localeCompare(b.contact.name));
  return {
    total: found.length,
    data: found.slice(0, shown_max),
    not_looked_at: Math.max(0, sealed - opened.length) + beyond,
  };
}

/** The days that contacts say, with the sealed ones open, and how many of these are too many to be opened. */
async function openDays(ctx: Context, people: readonly Born[]): Promise<{ days: (string | null)[]; beyond: number }> {
  const rows = people.map(({ contact_id, birthday }) => ({ id: contact_id, birthday }));
  const sealed = rows.filter(({ birthday }) => isSealedText(birthday));
  await openPersonal(ctx, contact, sealed.slice(0, opened_max));
  for (const row of sealed.slice(opened_max)) row.birthday = null;
  return { days: rows.map(({ birthday }) => birthday), beyond: Math.max(0, sealed.length - opened_max) };
}

const namesOf = (one: Born) => ({
  contact: { id: one.contact_id, name: one.contact },
  household: { id: one.household_id, name: one.household },
});

const turnsOf = (birthday: string | null, on: string): number | null =>
  birthday === null || birthday.startsWith('-') ? null : Number(on.slice(0, 4)) - Number(birthday.slice(0, 4));
