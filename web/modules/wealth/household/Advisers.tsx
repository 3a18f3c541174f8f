import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdAdviser } from '../../../../src/modules/wealth/household-adviser/contract.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { endText, isOver } from '../period.ts';
import { EditPart, PartList } from './PartList.tsx';
import { adviserRoleText } from './words.ts';

type Adviser = RowOf<typeof householdAdviser>;

/** Who sees a household, why, and until when. */
export function Advisers({ record }: { record: AnyRecord }) {
  return (
    <PartList<Adviser>
      part="household_adviser"
      title={t('Advisers')}
      none={t('Nobody but managers sees this household')}
      addLabel={t('Let somebody see this household')}
      record={record}
      filter={{ field: 'household_id', op: 'eq', value: record.id }}
      addTo={record}
      householdOf={() => record}
      line={(adviser, onEdit) => (
        // The primary adviser is a field of the household.
        <AdviserLine key={adviser.id} adviser={adviser} onEdit={adviser.role === 'primary' ? undefined : onEdit} />
      )}
    />
  );
}

function AdviserLine({ adviser, onEdit }: { adviser: Adviser; onEdit: (() => void) | undefined }) {
  const name = (adviser.user ?? adviser.team)?.name ?? t('Not visible to you');
  return (
    <li className={isOver(adviser) ? 'flex items-center text-muted' : 'flex items-center'}>
      <span className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 px-2 py-1 text-13">
        <Avatar name={name} square={adviser.team !== null} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            <bdi>{name}</bdi>
          </span>
          <span className="block truncate text-12 text-muted">
            {[adviserRoleText(adviser.role), endText(adviser), adviser.reason].filter(Boolean).join(' · ')}
          </span>
        </span>
      </span>
      <EditPart label={t('Edit what {name} sees', { name })} onEdit={onEdit} />
    </li>
  );
}
