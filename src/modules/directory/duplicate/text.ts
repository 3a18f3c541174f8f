import { sql } from '../../../kernel/database/database.ts';

/** Without the spaces around it; null for nothing. */
export const given = (value: string | null | undefined): string | null => value?.trim() || null;

export const text = (value: string | null | undefined) => sql`${given(value)}::text`;
