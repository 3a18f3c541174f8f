import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdMember } from '../../../../src/modules/wealth/household-member/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { isOver } from '../period.ts';
import { Suitability } from './Suitability.tsx';

/** What suits a client; a new one is kept with the household to which they belong now. */
export function SuitabilityOfContact({ contact }: { contact: AnyRecord }) {
  const members = useRecords<RowOf<typeof householdMember>>('household_member', {
    filter: { field: 'contact_id', op: 'eq', value: contact.id },
    sort: 'created_at',
    limit: 20,
  });
  const household = members.rows.find((member) => member.household && !isOver(member))?.household;
  return (
    <Suitability
      household={household ? { ...household, deleted_at: contact.deleted_at } : undefined}
      contact={contact}
    />
  );
}
