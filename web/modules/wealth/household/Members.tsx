import { Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdMember } from '../../../../src/modules/wealth/household-member/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { holdingFirst, isOver, periodText } from '../period.ts';
import { memberRoleText } from './words.ts';

const PartDialog = lazyPart(() => import('./PartDialog.tsx'));

export type Member = RowOf<typeof householdMember>;

/** Who belongs to a household, and who did. */
export function Members({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Member | 'new' | null>(null);
  const filter = { field: 'household_id', op: 'eq', value: record.id } as const;
  const found = useRecords<Member>('household_member', { filter, sort: 'created_at', limit: 50 });
  const editable = may('household', 'update') && !record.deleted_at;
  return (
    <>
      <RelatedList
        title={t('Members')}
        list={found}
        none={t('Nobody yet')}
        addLabel={t('Add a member')}
        onAdd={editable ? () => setEditing('new') : undefined}
      >
        {holdingFirst(found.rows).map((member) => (
          <MemberLine key={member.id} member={member} onEdit={editable ? () => setEditing(member) : undefined} />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <Suspense>
        {editing && (
          <PartDialog
            part="household_member"
            household={record}
            row={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </>
  );
}

function MemberLine({ member, onEdit }: { member: Member; onEdit?: () => void }) {
  const { contact } = member;
  const former = isOver(member);
  const role = memberRoleText(member.role);
  const detail = former || member.until_on ? [role, periodText(member)].filter(Boolean).join(' · ') : role;
  const name = contact?.name ?? t('Not yours to see');
  return (
    <li className="group/part flex items-center">
      <ul className={former ? 'min-w-0 flex-1 [&_*]:text-muted' : 'min-w-0 flex-1'}>
        {contact ? (
          <RelatedLink to={`${pathOf('contact')}/${contact.id}`} name={name} detail={detail} />
        ) : (
          <li className="px-2 py-1 text-13 text-muted">
            {name}
            <span className="block text-12">{detail}</span>
          </li>
        )}
      </ul>
      {onEdit && (
        <IconButton size="small" label={t('Edit the membership of {name}', { name })} onClick={onEdit}>
          <Pencil size={12} />
        </IconButton>
      )}
    </li>
  );
}
