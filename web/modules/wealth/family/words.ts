import type { FamilyEvent, FamilyEventAnswer } from '../../../../src/modules/wealth/family-event/contract.ts';
import { t } from '../../../text/text.ts';
import { formatDate } from '../../../ui/format.ts';
import { adviserRoleText, memberRoleText } from '../household/words.ts';
import { relationshipText } from '../words.ts';

export type EventKind = FamilyEvent['kind'];
export type Answer = FamilyEventAnswer;

/** What can happen to a family: as an action, on the button that does it, and when it was done. */
export const events: Readonly<Record<EventKind, { action: string; confirm: string; done: string }>> = {
  marriage: { action: t('Marriage'), confirm: t('Record marriage'), done: t('Marriage recorded') },
  divorce: { action: t('Divorce'), confirm: t('Record divorce'), done: t('Divorce recorded') },
  death: { action: t('Death'), confirm: t('Record death'), done: t('Death recorded') },
  leaving: { action: t('A child moves out'), confirm: t('Record move'), done: t('Move recorded') },
  split: { action: t('Split household'), confirm: t('Split household'), done: t('Household split') },
  merge: { action: t('Merge with another household'), confirm: t('Merge households'), done: t('Households merged') },
};

const day = (date: string | null) => (date ? formatDate(date) : '');

export function memberText({ change, household, contact, role, until_on, from_on }: Answer['members'][number]): string {
  const values = { name: contact.name, household: household.name, role: memberRoleText(role) };
  if (change === 'ends') return t('{name} leaves {household}; last day {date}', { ...values, date: day(until_on) });
  if (change === 'role') return t('{name} becomes {role} in {household}', values);
  return t('{name} joins {household} as {role} from {date}', { ...values, date: day(from_on) });
}

export function relatedText({
  change,
  kind,
  of,
  to,
  household,
  from_on,
  until_on,
}: Answer['relationships'][number]): string {
  const values = { name: of.name, other: to.name, relationship: relationshipText(kind) };
  if (change === 'begins')
    return t('{name} – {relationship} – {other}, from {date}', { ...values, date: day(from_on) });
  if (change === 'ends')
    return t('{name} – {relationship} – {other}, until {date}', { ...values, date: day(until_on) });
  return t('{name} – {relationship} – {other}, now with {household}', { ...values, household: household.name });
}

export const adviserText = ({ adviser, household, role }: Answer['advisers'][number]): string =>
  t('{name} sees {household} ({role})', { name: adviser.name, household: household.name, role: adviserRoleText(role) });

export const accessText = ({ name, before, after }: Answer['access'][number]): string =>
  t('{name}: {before} → {after}', {
    name,
    before: before.join(', ') || t('no adviser'),
    after: after.join(', ') || t('no adviser'),
  });

/** What nobody but the adviser can decide. */
export function decisionText({ code, person, about }: Answer['decisions'][number]): string {
  const values = { name: about.name, person: person?.name ?? '' };
  switch (code) {
    case 'no_other_owner':
      return t('{name} has no other owner than {person}', values);
    case 'share_to_pass':
      return t('Who gets the share of {person} in {name}?', values);
    case 'survivors_own':
      return t('{name} passes to the surviving owners: update its owners', values);
    case 'beneficiary':
      return t('{name} names {person} as a beneficiary', values);
    case 'trustee':
      return t('{name} loses {person} as a trustee', values);
    case 'entity_owner':
      return t('{person} owns a part of {name}', values);
    case 'other_relationship':
      return t('{person} and {name} are related: check whether it still holds', values);
    case 'account_stays':
      return t('{name} of {person} stays with this household', values);
    case 'nobody_left':
      return t('Nobody is left in {name}', values);
    case 'other_household':
      return t('{person} still belongs to {name}', values);
  }
}
