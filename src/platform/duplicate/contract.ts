import { z } from 'zod';
import {
  definedResources,
  list_rows_default,
  list_rows_max,
  type Resource,
  resourceNamed,
} from '../../kernel/contract/resource.ts';
import { typedCustom, typedText, wayOf, waysDeclared } from './way/contract.ts';

/** Records that a warning names. */
export const matches_max = 5;

/** Why two records may be one, in words. */
export const matchReasons: Readonly<Record<string, string>> = {
  same_email: 'Same e-mail address',
  same_phone: 'Same phone number',
  same_domain: 'Same domain',
  same_name: 'Same name',
  same_core_name: 'Same name except for the legal form',
  similar_name: 'Similar name',
};

export const match = z.object({
  id: z.uuid(),
  name: z.string(),
  detail: z.string().nullable(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })).min(1),
});
export type Match = z.infer<typeof match>;

export const matchAnswer = z.object({ data: z.array(match).max(matches_max) });

/**
 * The record types that are looked through for duplicates; by name, not in the order in which they happened to be
 * loaded.
 */
export const suspectTypes = (): string[] => [
  ...waysDeclared(),
  ...definedResources()
    .flatMap(({ name, duplicateKeys }) => (duplicateKeys && !wayOf(name) ? name : []))
    .sort(),
];
export const suspectType = z.lazy(() => z.enum(suspectTypes()));
export const suspectResource = (type: string): Resource => resourceNamed(type)!;

/** What somebody has typed so far of a record of another type than these. */
export const plainDraft = ({ duplicateKeys = [] }: Resource) =>
  z.strictObject({ ...Object.fromEntries(duplicateKeys.map((field) => [field, typedText])), custom: typedCustom });
export type Draft = Record<string, unknown> & { custom?: z.infer<typeof typedCustom> };

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
