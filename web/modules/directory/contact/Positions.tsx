import { Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { isFormer, type Position, positionText } from './position.ts';

const PositionDialog = lazyPart(() => import('./PositionDialog.tsx'));

/** The companies of a contact: the main one, then further and former ones. */
export function Positions({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Position | 'new' | null>(null);
  const editable = may('contact', 'update', (record.owner_id as string | null) ?? null) && !record.deleted_at;
  const company = record.company as Named | null;
  const positions = (record.positions as Position[] | undefined) ?? [];
  return (
    <>
      <RelatedList
        title={t('Companies')}
        none={t('No company yet')}
        addLabel={t('Add a position')}
        onAdd={editable ? () => setEditing('new') : undefined}
      >
        {company && (
          <RelatedLink
            to={`${pathOf('company')}/${company.id}`}
            name={company.name}
            square
            detail={record.job_title as string | null}
          />
        )}
        {positions.map((position) => (
          <PositionLine
            key={position.id}
            position={position}
            onEdit={editable ? () => setEditing(position) : undefined}
          />
        ))}
      </RelatedList>
      <Suspense>
        {editing && (
          <PositionDialog
            contact={record}
            position={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </>
  );
}

function PositionLine({ position, onEdit }: { position: Position; onEdit?: () => void }) {
  const { company } = position;
  const name = company?.name ?? t('Not visible to you');
  const former = isFormer(position);
  const detail = [former && t('Former'), positionText(position)].filter(Boolean).join(' · ');
  return (
    <li className="group/position flex items-center">
      <ul className={former ? 'min-w-0 flex-1 [&_*]:text-muted' : 'min-w-0 flex-1'}>
        {company ? (
          <RelatedLink to={`${pathOf('company')}/${company.id}`} name={name} square detail={detail} />
        ) : (
          <li className="px-2 py-1 text-13 text-muted">
            {name}
            {detail && <span className="block text-12">{detail}</span>}
          </li>
        )}
      </ul>
      {onEdit && (
        <IconButton size="small" label={t('Edit the position at {company}', { company: name })} onClick={onEdit}>
          <Pencil size={12} />
        </IconButton>
      )}
    </li>
  );
}
