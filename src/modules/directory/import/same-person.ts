import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { LoadRow, Sharing } from '../../../platform/import/index.ts';
import { firstNameKey } from './first-name.ts';

/** People may share an e-mail address: whoever has another first name is somebody else. */
export const samePerson: Sharing = {
  rule: { has: 'email', lacks: 'name' },
  columns: ['given_name', 'family_name'],
  mayBe: sql`app.may_be_same_person(s.given_name, s.family_name, c.given_name, c.family_name)`,
  isExactly: sql`c.given_name = s.given_name`,
  compare: (row, record) =>
    record.given_name === row.given_name ? 'exactly' : mayBeSame(row, record) ? 'maybe' : 'no',
  keyOf: ({ given_name }) => firstNameKey(given_name),
};

/** As `app.may_be_same_person` says it. */
function mayBeSame(one: LoadRow['values'], other: LoadRow['values']): boolean {
  if (one.given_name == null || other.given_name == null) return true;
  const [first, second] = [firstNameKey(one.given_name), firstNameKey(other.given_name)];
  return (
    first.startsWith(second) ||
    second.startsWith(first) ||
    (other.family_name != null && first === firstNameKey(other.family_name)) ||
    (one.family_name != null && firstNameKey(one.family_name) === second)
  );
}

/** What tells people of one name apart. */
export function personDetail({ company, email, phone, city }: Values): string | null {
  const employer = (company as { name: string } | null | undefined)?.name;
  return [employer, email, email ? null : phone, city].filter(Boolean).join(' · ') || null;
}
