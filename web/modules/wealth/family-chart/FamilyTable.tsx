import { Link } from '@tanstack/react-router';
import { pathOf } from '../../../platform/query/resources.ts';
import type { Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { Member, Relationship } from '../family/useFamily.ts';
import { memberRoleText } from '../household/words.ts';
import { endText, holdingFirst, isOver } from '../period.ts';
import { relationshipText } from '../words.ts';

interface Line {
  id: string;
  one: { of: 'contact' | 'legal_entity'; named: Named | null };
  what: string;
  other: { of: 'contact' | 'legal_entity'; named: Named | null } | null;
  share: string | null;
  from_on: string | null;
  until_on: string | null;
}

/** What the chart of a family shows, in words, and what it does not draw. */
export function FamilyTable({
  members,
  relationships,
}: {
  members: readonly Member[];
  relationships: readonly Relationship[];
}) {
  const lines: Line[] = [
    ...members.map((member) => ({
      ...member,
      one: { of: 'contact' as const, named: member.contact },
      what: memberRoleText(member.role),
      other: null,
      share: null,
    })),
    ...relationships.map((row) => ({
      ...row,
      one: row.contact_id
        ? { of: 'contact' as const, named: row.contact }
        : { of: 'legal_entity' as const, named: row.legal_entity },
      what: relationshipText(row.kind),
      other: row.of_contact_id
        ? { of: 'contact' as const, named: row.of_contact }
        : { of: 'legal_entity' as const, named: row.of_entity },
      share: row.share_numerator ? `${row.share_numerator}/${row.share_denominator}` : null,
    })),
  ];
  const cell = 'border-b border-line py-1.5 pe-3 text-start align-top wrap-anywhere';
  return (
    <table className="w-full text-13">
      <caption className="sr-only">{t('Family and ownership')}</caption>
      <thead className="text-12 text-muted">
        <tr>
          {[t('Name'), t('Is'), t('Of'), t('Share')].map((head) => (
            <th key={head} scope="col" className={cell}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {holdingFirst(lines).map((line) => (
          <tr key={line.id} className={isOver(line) ? 'text-muted' : undefined}>
            <th scope="row" className={cell}>
              <Side {...line.one} />
            </th>
            <td className={cell}>
              {line.what}
              {line.until_on && <span className="block text-12">{endText(line)}</span>}
            </td>
            <td className={cell}>{line.other ? <Side {...line.other} /> : t('This household')}</td>
            <td className={`${cell} tabular-nums`}>{line.share ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ of, named }: NonNullable<Line['other']>) {
  if (!named) return <span className="text-faint">{t('Not visible to you')}</span>;
  const to: string = `${pathOf(of)}/${named.id}`;
  return (
    <Link to={to} className="font-medium hover:underline">
      <bdi>{named.name}</bdi>
    </Link>
  );
}
