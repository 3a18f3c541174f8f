import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdMember } from '../../../../src/modules/wealth/household-member/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { AccountsOfOwner } from '../account/AccountsOfOwner.tsx';
import { memberRoleText } from '../household/words.ts';
import { endText, holdingFirst } from '../period.ts';
import { Relationships } from '../relationship/Relationships.tsx';

/** The households that a person belongs to, as far as the reader advises them, and what the person is of others. */
export default function HouseholdsOfContact({ record }: { record: AnyRecord }) {
  return useMay()('household', 'read') ? <Households record={record} /> : null;
}

function Households({ record }: { record: AnyRecord }) {
  const filter = { field: 'contact_id', op: 'eq', value: record.id } as const;
  const found = useRecords<RowOf<typeof householdMember>>('household_member', {
    filter,
    sort: 'created_at',
    limit: 20,
  });
  return (
    <>
      <RelatedList title={t('Households')} list={found}>
        {holdingFirst(found.rows).flatMap((member) =>
          member.household ? (
            <RelatedLink
              key={member.id}
              to={`${pathOf('household')}/${member.household.id}`}
              name={member.household.name}
              square
              detail={[memberRoleText(member.role), endText(member)].filter(Boolean).join(' · ')}
            />
          ) : (
            []
          ),
        )}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <AccountsOfOwner of="contact" id={record.id} />
      <Relationships of="contact" record={record} />
    </>
  );
}
