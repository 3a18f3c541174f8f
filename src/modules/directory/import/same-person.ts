import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Sharing } from '../../../platform/import/index.ts';
import { firstNameKey } from './first-name.ts';

/** People may share an e-mail address: whoever has another first name is somebody else. */
export const samePerson: Sharing = {
  rule: { has: 'email', lacks: 'name' },
  columns: ['given_name', 'family_name'],
  mayBe: sql`app.may_be_same_person(s.given_name, s.family_name, c.given_name, c.family_name)`,
  isExactly: sql`c.given_name = s.given_name`,
  keyOf: ({ given_name }) => firstNameKey(given_name),
};

/** What tells people of one name apart. */
export function personDetail({ company, email, phone, city }: Values): string | null {
  const employer = (company as { name: string } | null | undefined)?.name;
  return [employer, email, email ? null : phone, city].filter(Boolean).join(' · ') || null;
}
