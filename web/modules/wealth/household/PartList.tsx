import { Pencil } from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { holdingFirst } from '../period.ts';
import type { Part } from './PartDialog.tsx';

const PartDialog = lazyPart(() => import('./PartDialog.tsx'));

interface PartRow {
  id: string;
  version: number;
  from_on: string | null;
  until_on: string | null;
}

interface PartListProps<Row> {
  part: Part;
  title: string;
  none?: string | undefined;
  addLabel: string;
  /** The record on whose page they stand, and which of them stand there. */
  record: AnyRecord;
  filter: Filter;
  /** The household of a new one; none is added without it. */
  addTo: { id: string; name?: unknown } | null;
  householdOf: (row: Row) => { id: string; name?: unknown };
  line: (row: Row, onEdit: (() => void) | undefined) => ReactNode;
}

/**
 * Parts of a household, those that hold before those that are over; whoever may change the household adds and changes
 * them.
 */
export function PartList<Row extends PartRow>({
  part,
  title,
  none,
  addLabel,
  record,
  filter,
  addTo,
  householdOf,
  line,
}: PartListProps<Row>) {
  const may = useMay();
  const [editing, setEditing] = useState<Row | 'new' | null>(null);
  const found = useRecords<Row>(part, { filter, sort: 'created_at', limit: 50 });
  const editable = may('household', 'update') && !record.deleted_at;
  return (
    <>
      <RelatedList
        title={title}
        list={found}
        none={none}
        addLabel={addLabel}
        onAdd={editable && addTo ? () => setEditing('new') : undefined}
      >
        {holdingFirst(found.rows).map((row) => line(row, editable ? () => setEditing(row) : undefined))}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <Suspense>
        {editing && (
          <PartDialog
            part={part}
            household={editing === 'new' ? addTo! : householdOf(editing)}
            row={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </>
  );
}

interface PartLineProps {
  /** The page of whom it is about; none where the reader may not see them. */
  to: string | undefined;
  name: string;
  square?: boolean;
  detail: string;
  former: boolean;
  editLabel: string;
  onEdit: (() => void) | undefined;
}

export function PartLine({ to, name, square, detail, former, editLabel, onEdit }: PartLineProps) {
  return (
    <li className="flex items-center">
      <ul className={former ? 'min-w-0 flex-1 [&_*]:text-muted' : 'min-w-0 flex-1'}>
        {to ? (
          <RelatedLink to={to} name={name} square={square} detail={detail} />
        ) : (
          <li className="px-2 py-1 text-13 text-muted">
            {name}
            <span className="block text-12">{detail}</span>
          </li>
        )}
      </ul>
      <EditPart label={editLabel} onEdit={onEdit} />
    </li>
  );
}

export function EditPart({ label, onEdit }: { label: string; onEdit: (() => void) | undefined }) {
  if (!onEdit) return null;
  return (
    <IconButton size="small" label={label} onClick={onEdit}>
      <Pencil size={12} />
    </IconButton>
  );
}
