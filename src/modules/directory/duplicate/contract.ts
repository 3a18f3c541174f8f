import { z } from 'zod';

/** Records that a warning names. */
export const matches_max = 5;

/** Why two records may be one, in words. */
export const matchReasons = {
  same_email: 'Same e-mail address',
  same_phone: 'Same phone number',
  same_domain: 'Same domain',
  same_name: 'Same name',
  similar_name: 'Similar name',
} as const;
export type MatchReason = keyof typeof matchReasons;

/** What somebody has typed so far: it may not be valid yet. */
const typed = z.string().max(400).nullable().optional();

export const contactDraft = z.strictObject({
  given_name: typed,
  family_name: typed,
  email: typed,
  phone: typed,
  company_id: z.uuid().nullable().optional(),
});
export type ContactDraft = z.infer<typeof contactDraft>;

export const companyDraft = z.strictObject({ name: typed, domain: typed });
export type CompanyDraft = z.infer<typeof companyDraft>;

export const match = z.object({
  id: z.uuid(),
  name: z.string(),
  detail: z.string().nullable(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })).min(1),
});
export type Match = z.infer<typeof match>;

export const matchAnswer = z.object({ data: z.array(match).max(matches_max) });
