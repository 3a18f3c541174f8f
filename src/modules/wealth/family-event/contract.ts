import { z } from 'zod';
import { dateText } from '../../../kernel/contract/time.ts';
import { adviserRoles } from '../household-adviser/contract.ts';
import { memberRoles } from '../household-member/contract.ts';

/** The most people, accounts or entities that one event moves. */
const moved_max = 50;

const about = {
  preview: z.boolean().default(false).describe('true: answers what would change, and changes nothing'),
  on: dateText().optional().describe('The day on which it happened; today by default, and never in the future'),
};
const id = () => z.uuid().toLowerCase();
const ids = () => z.array(id()).max(moved_max).default([]);
const accounts = {
  account_ids: ids().describe('Accounts that move too'),
  legal_entity_ids: ids().describe('Entities that move too'),
};
const newHousehold = z.strictObject({ name: z.string().trim().min(1).max(200) });
const target = {
  to_household_id: id().optional().describe('The household that they join'),
  new_household: newHousehold.optional().describe('A new one that they join, seen by the advisers of this one'),
  with: ids().describe('Members who move too, such as children'),
  ...accounts,
};
const advisers_join = z.boolean().default(false).describe('true: the advisers of the other household keep access');

/** What happens to a family, by the person to whom it happens: a member of the household in the path. */
export const familyEventPost = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...about,
      kind: z.literal('marriage'),
      contact_id: id(),
      spouse_id: id(),
      from_household_id: id()
        .optional()
        .describe('The household that the spouse leaves, or that both live in from then on'),
      ...target,
      advisers_join,
    }),
    z.strictObject({
      ...about,
      kind: z.literal('divorce'),
      contact_id: id().describe('Who stays'),
      spouse_id: id().describe('Who leaves'),
      ...target,
      shared: ids().describe('Children who belong to both households from then on'),
    }),
    z.strictObject({ ...about, kind: z.literal('death'), contact_id: id() }),
    z.strictObject({ ...about, kind: z.literal('leaving'), contact_id: id(), ...target }),
    z.strictObject({
      ...about,
      kind: z.literal('split'),
      contact_ids: z.array(id()).min(1).max(moved_max),
      new_household: newHousehold,
      ...accounts,
    }),
    z.strictObject({
      ...about,
      kind: z.literal('merge'),
      household_id: id().describe('The other one, which becomes part of this'),
      advisers_join,
    }),
  ])
  .meta({ id: 'FamilyEventPost' });
export type FamilyEvent = z.output<typeof familyEventPost>;

const named = z.object({ id: z.uuid(), name: z.string() });
/** A household; of a new one the preview knows no id yet. */
const place = z.object({ id: z.uuid().nullable(), name: z.string() });

const memberChanges = ['begins', 'ends', 'role'] as const;
const relationshipChanges = ['begins', 'ends', 'moves'] as const;
const decisionCodes = [
  'no_other_owner',
  'share_to_pass',
  'survivors_own',
  'beneficiary',
  'trustee',
  'entity_owner',
  'other_relationship',
  'account_stays',
  'nobody_left',
  'other_household',
] as const;

export const familyEvent = z
  .object({
    kind: z.enum(['marriage', 'divorce', 'death', 'leaving', 'split', 'merge']),
    on: z.iso.date(),
    preview: z.boolean(),
    /** All of it in sentences. */
    words: z.array(z.string()),
    new_household: place.nullable(),
    /** The household that is a former one from then on. */
    ended_household: named.nullable(),
    died: named.nullable(),
    members: z.array(
      z.object({
        change: z.enum(memberChanges),
        household: place,
        contact: named,
        role: z.enum(memberRoles),
        from_on: z.iso.date().nullable(),
        until_on: z.iso.date().nullable(),
      }),
    ),
    relationships: z.array(
      z.object({
        change: z.enum(relationshipChanges),
        kind: z.string(),
        reciprocal: z.string().nullable(),
        of: named,
        to: named,
        household: place,
        from_on: z.iso.date().nullable(),
        until_on: z.iso.date().nullable(),
      }),
    ),
    moved: z.array(
      z.object({
        type: z.enum(['financial_account', 'legal_entity']),
        id: z.uuid(),
        name: z.string(),
        household: place,
      }),
    ),
    advisers: z.array(
      z.object({
        household: place,
        adviser: named,
        is_team: z.boolean(),
        role: z.enum(adviserRoles),
        until_on: z.iso.date().nullable(),
      }),
    ),
    /**
     * Who sees a person, an account, an entity or a household as an adviser, as far as it changes. Managers see all of
     * them.
     */
    access: z.array(
      z.object({
        type: z.enum(['contact', 'financial_account', 'legal_entity', 'household']),
        id: z.uuid().nullable(),
        name: z.string(),
        before: z.array(z.string()),
        after: z.array(z.string()),
      }),
    ),
    /** What nobody but the adviser can decide. */
    decisions: z.array(
      z.object({
        code: z.enum(decisionCodes),
        person: named.nullable(),
        about: z.object({
          type: z.enum(['financial_account', 'legal_entity', 'household', 'contact']),
          id: z.uuid(),
          name: z.string(),
        }),
        words: z.string(),
      }),
    ),
  })
  .meta({ id: 'FamilyEvent' });
export type FamilyEventAnswer = z.output<typeof familyEvent>;
