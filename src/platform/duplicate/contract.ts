import { z } from 'zod';
import { record } from '../../kernel/contract/bounds.ts';
import { custom_fields_max } from '../../kernel/contract/fields.ts';
import {
  definedResources,
  list_rows_default,
  list_rows_max,
  type Resource,
  resourceNamed,
} from '../../kernel/contract/resource.ts';

/** Records that a warning names. */
export const matches_max = 5;

/** Why two records may be one, in words. */
export const matchReasons: Readonly<Record<string, string>> = {
  same_email: 'Same e-mail address',
  same_phone: 'Same phone number',
  same_domain: 'Same domain',
  same_name: 'Same name',
  same_core_name: 'Same name but for the legal form',
  similar_name: 'Similar name',
};

/** What somebody has typed so far: it may not be valid yet. */
const typed = z.string().normalize().max(400).nullable().optional();
const compared = {
  city: typed,
  postal_code: typed,
  country: typed,
  custom: record(z.string().max(80), typed, custom_fields_max).optional().describe('Texts of custom fields'),
};

export const contactDraft = z.strictObject({
  given_name: typed,
  family_name: typed,
  email: typed,
  phone: typed,
  company_id: z.uuid().nullable().optional(),
  job_title: typed,
  ...compared,
});
export type ContactDraft = z.infer<typeof contactDraft>;

export const companyDraft = z.strictObject({ name: typed, domain: typed, phone: typed, ...compared });
export type CompanyDraft = z.infer<typeof companyDraft>;

export const match = z.object({
  id: z.uuid(),
  name: z.string(),
  detail: z.string().nullable(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })).min(1),
});
export type Match = z.infer<typeof match>;

export const matchAnswer = z.object({ data: z.array(match).max(matches_max) });

/** Types whose names, addresses and numbers are compared in ways of their own. */
export const ownWays = ['contact', 'company'] as const;
export type OwnWay = (typeof ownWays)[number];
export const hasOwnWay = (name: string): name is OwnWay => (ownWays as readonly string[]).includes(name);

/** The names of the record types that are looked through for duplicates. */
/** By name, not in the order in which the types happened to be loaded. */
export const suspectTypes = (): string[] => [
  ...ownWays,
  ...definedResources()
    .flatMap(({ name, duplicateKeys }) => (duplicateKeys && !hasOwnWay(name) ? name : []))
    .sort(),
];
export const suspectType = z.lazy(() => z.enum(suspectTypes()));
export const suspectResource = (type: string): Resource => resourceNamed(type)!;

/** What somebody has typed so far of a record of another type than these. */
export const plainDraft = ({ duplicateKeys = [] }: Resource) =>
  z.strictObject({ ...Object.fromEntries(duplicateKeys.map((field) => [field, typed])), custom: compared.custom });
export type Draft = Omit<Partial<ContactDraft & CompanyDraft>, 'custom'> & { custom?: ContactDraft['custom'] };

/** Suspects that are kept of a kind, the likeliest. */
export const suspects_max = 10_000;

const suspected = z.object({ id: z.uuid(), name: z.string(), detail: z.string().nullable() });

/** Two records that may be one. */
export const suspect = z
  .object({
    id: z.uuid(),
    resource: suspectType,
    /** 0 to 1. */
    score: z.number(),
    reasons: match.shape.reasons,
    records: z.array(suspected).length(2),
  })
  .meta({ id: 'DuplicateSuspect' });
export type Suspect = z.infer<typeof suspect>;

export const suspectQuery = z.strictObject({
  resource: suspectType,
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
});
export type SuspectQuery = z.infer<typeof suspectQuery>;

export const suspectPage = z.object({ data: z.array(suspect), next_cursor: z.string().nullable() });

/** The job that looks for them. */
export const suspectSearch = z.object({ job_id: z.uuid().nullable() });
