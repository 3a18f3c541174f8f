import { Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdAdviser } from '../../../../src/modules/wealth/household-adviser/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { holdingFirst, isOver, periodText } from '../period.ts';
import { adviserRoleText } from './words.ts';

const PartDialog = lazyPart(() => import('./PartDialog.tsx'));

export type Adviser = RowOf<typeof householdAdviser>;

/** Who sees a household, why, and until when. */
export function Advisers({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Adviser | 'new' | null>(null);
  const filter = { field: 'household_id', op: 'eq', value: record.id } as const;
  const found = useRecords<Adviser>('household_adviser', { filter, sort: 'created_at', limit: 50 });
  const editable = may('household', 'update') && !record.deleted_at;
  return (
    <>
      <RelatedList
        title={t('Advisers')}
        list={found}
        none={t('Nobody but managers sees this household')}
        addLabel={t('Let somebody see this household')}
        onAdd={editable ? () => setEditing('new') : undefined}
      >
        {holdingFirst(found.rows).map((adviser) => (
          <AdviserLine
            key={adviser.id}
            adviser={adviser}
            // The primary adviser is a field of the household.
            onEdit={editable && adviser.role !== 'primary' ? () => setEditing(adviser) : undefined}
          />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <Suspense>
        {editing && (
          <PartDialog
            part="household_adviser"
            household={record}
            row={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </>
  );
}

function AdviserLine({ adviser, onEdit }: { adviser: Adviser; onEdit?: () => void }) {
  const name = (adviser.user ?? adviser.team)?.name ?? t('Not yours to see');
  const former = isOver(adviser);
  const period = former || adviser.until_on ? periodText(adviser) : null;
  return (
    <li className={former ? 'flex items-center text-muted' : 'flex items-center'}>
      <span className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 px-2 py-1 text-13">
        <Avatar name={name} square={adviser.team !== null} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            <bdi>{name}</bdi>
          </span>
          <span className="block truncate text-12 text-muted">
            {[adviserRoleText(adviser.role), period, adviser.reason].filter(Boolean).join(' · ')}
          </span>
        </span>
      </span>
      {onEdit && (
        <IconButton size="small" label={t('Edit what {name} sees', { name })} onClick={onEdit}>
          <Pencil size={12} />
        </IconButton>
      )}
    </li>
  );
}
