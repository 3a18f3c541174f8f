import type { FieldDef, SelectOption } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { EventKind } from './words.ts';

type EventField = FieldDef & { /** Beside another. */ half?: true };

interface Choices {
  members: readonly SelectOption[];
  /** Members of this household and of the one that the spouse comes from. */
  along: readonly SelectOption[];
  accounts: readonly SelectOption[];
  entities: readonly SelectOption[];
}

const places = {
  this: t('In this household'),
  from: t('In the household of the spouse'),
  new: t('In a new household'),
  other: t('In another household'),
  none: t('In an unknown household'),
};
const placesOf: Readonly<Partial<Record<EventKind, readonly (keyof typeof places)[]>>> = {
  marriage: ['this', 'from', 'new', 'other'],
  divorce: ['new', 'other', 'none'],
  leaving: ['new', 'other', 'none'],
  split: ['new'],
};
export const firstPlace = (kind: EventKind): string | undefined => placesOf[kind]?.[0];

/** What an event asks for, given what was answered so far. */
export function eventFields(
  kind: EventKind,
  values: Readonly<Record<string, unknown>>,
  choices: Choices,
): EventField[] {
  const person = (key: string, label: string): EventField => ({
    key,
    label,
    kind: 'select',
    options: choices.members,
    required: true,
    half: true,
  });
  const several = (key: string, label: string, options: readonly SelectOption[], help?: string): EventField[] =>
    options.length === 0 ? [] : [{ key, label, kind: 'multi_select', options, ...(help && { help }) }];
  const on: EventField = { key: 'on', label: t('Happened on'), kind: 'date', required: true, half: true };
  const fields: EventField[] = {
    marriage: [
      person('contact_id', t('Member')),
      {
        key: 'spouse_id',
        label: t('Marries'),
        kind: 'reference',
        of: 'contact',
        expand: 'spouse',
        required: true,
        half: true,
      } as const,
      {
        key: 'from_household_id',
        label: t('Household of the spouse'),
        kind: 'reference',
        of: 'household',
        expand: 'from_household',
        help: t('Which the spouse leaves, or where both live'),
      } as const,
    ],
    divorce: [person('contact_id', t('Stays')), person('spouse_id', t('Leaves'))],
    death: [person('contact_id', t('Who died'))],
    leaving: [person('contact_id', t('Who leaves'))],
    split: several('contact_ids', t('Who moves out'), choices.members),
    merge: [
      {
        key: 'household_id',
        label: t('The other household'),
        kind: 'reference',
        of: 'household',
        expand: 'household',
        required: true,
        help: t('It becomes part of this one'),
      } as const,
    ],
  }[kind];
  fields.push(on);
  const options = (placesOf[kind] ?? []).map((value) => ({ value, label: places[value] }));
  if (options.length > 1)
    fields.push({
      key: 'place',
      label: kind === 'marriage' ? t('They live') : t('Whoever leaves lives'),
      kind: 'select',
      options,
      required: true,
    });
  const place = options.length === 1 ? options[0]!.value : values.place;
  if (place === 'new')
    fields.push({ key: 'name', label: t('Name of the new household'), kind: 'text', required: true });
  if (place === 'other')
    fields.push({
      key: 'to_household_id',
      label: t('Which household'),
      kind: 'reference',
      of: 'household',
      expand: 'to_household',
      required: true,
    });
  const rest = (key: 'members' | 'along') =>
    choices[key].filter(({ value }) => value !== values.contact_id && value !== values.spouse_id);
  if (kind === 'marriage' || kind === 'divorce' || kind === 'leaving')
    fields.push(...several('with', t('Who moves too'), rest(kind === 'marriage' ? 'along' : 'members')));
  if (kind === 'divorce' && place !== 'none')
    fields.push(
      ...several('shared', t('Belongs to both households'), rest('members'), t('Such as children who live in both')),
    );
  if (options.length > 0 && place !== 'none' && !(kind === 'marriage' && place === 'this')) {
    fields.push(...several('account_ids', t('Accounts that move too'), choices.accounts));
    fields.push(...several('legal_entity_ids', t('Entities that move too'), choices.entities));
  }
  if (kind === 'merge' || (kind === 'marriage' && values.from_household_id))
    fields.push({
      key: 'advisers_join',
      label: t('Advisers of the other household keep access'),
      kind: 'boolean',
    });
  return fields;
}

/** The request that the answers make. */
export function eventBody(kind: EventKind, wire: Record<string, unknown>): Record<string, unknown> {
  const { place, name, to_household_id, ...rest } = wire;
  const target =
    kind === 'split' || place === 'new'
      ? { new_household: { name } }
      : place === 'other'
        ? { to_household_id }
        : place === 'from'
          ? { to_household_id: rest.from_household_id }
          : {};
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== ''));
  return { kind, ...given, ...target };
}
