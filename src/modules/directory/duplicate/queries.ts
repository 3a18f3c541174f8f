import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type CompanyDraft, type ContactDraft, type MatchReason, matches_max } from './contract.ts';

export interface MatchRow {
  id: string;
  name: string;
  detail: string | null;
  reasons: MatchReason[];
}

/** Contacts like what is typed. The functions force tenant and rights themselves; migrations/0015_duplicates.up.sql says why. */
export const contactMatches = (ctx: Context, draft: ContactDraft): Promise<MatchRow[]> =>
  ctx.tx.many(sql`select * from app.contact_matches(${given(draft.email)}::text, ${given(draft.phone)}::text,
    app.person_name(${given(draft.given_name)}, ${given(draft.family_name)}), ${draft.company_id ?? null}::uuid, ${matches_max})`);

export const companyMatches = (ctx: Context, draft: CompanyDraft): Promise<MatchRow[]> =>
  ctx.tx.many(
    sql`select * from app.company_matches(${given(draft.domain)}::text, ${given(draft.name)}::text, ${matches_max})`,
  );

const given = (text: string | null | undefined) => text?.trim() || null;
