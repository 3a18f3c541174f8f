import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdMember } from '../../../../src/modules/wealth/household-member/contract.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { endText, isOver } from '../period.ts';
import { PartLine, PartList } from './PartList.tsx';
import { memberRoleText } from './words.ts';

type Member = RowOf<typeof householdMember>;

/** Who belongs to a household, and who did. */
export function Members({ record }: { record: AnyRecord }) {
  return (
    <PartList<Member>
      part="household_member"
      title={t('Members')}
      none={t('Nobody yet')}
      addLabel={t('Add a member')}
      record={record}
      filter={{ field: 'household_id', op: 'eq', value: record.id }}
      addTo={record}
      householdOf={() => record}
      line={(member, onEdit) => <MemberLine key={member.id} member={member} onEdit={onEdit} />}
    />
  );
}

function MemberLine({ member, onEdit }: { member: Member; onEdit: (() => void) | undefined }) {
  const { contact } = member;
  const name = contact?.name ?? t('Not visible to you');
  return (
    <PartLine
      to={contact ? `${pathOf('contact')}/${contact.id}` : undefined}
      name={name}
      detail={[memberRoleText(member.role), endText(member)].filter(Boolean).join(' · ')}
      former={isOver(member)}
      editLabel={t('Edit the membership of {name}', { name })}
      onEdit={onEdit}
    />
  );
}
