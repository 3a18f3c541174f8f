import { Trash2, Undo2 } from 'lucide-react';
import { Badge } from '../../../ui/Badge.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { kinds, type Trashed } from './trash.ts';

interface TrashRowProps {
  item: Trashed;
  selected: boolean;
  busy: boolean;
  onSelect: (selected: boolean) => void;
  onRestore: () => void;
  onPurge: () => void;
}

/** What it is, who deleted it when, and until when it can be had back. */
export function TrashRow({ item, selected, busy, onSelect, onRestore, onPurge }: TrashRowProps) {
  const name = item.name || `Unnamed ${kinds[item.resource].toLowerCase()}`;
  return (
    <li className="flex min-h-13 items-center gap-3 px-4 py-2.5 text-13">
      <Checkbox
        label={`Select ${name}`}
        checked={selected}
        disabled={!item.may_restore && !item.may_purge}
        onChange={onSelect}
      />
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <bdi className="min-w-0 truncate font-medium">{name}</bdi>
          <Badge className="shrink-0">{kinds[item.resource]}</Badge>
        </div>
        <p className="text-12 text-muted">
          Deleted <DateText value={item.deleted_at} />
          {item.deleted_by && (
            <>
              {' by '}
              <bdi>{item.deleted_by.name}</bdi>
            </>
          )}
          {' · kept until '}
          <DateText value={item.kept_until} exact />
        </p>
      </div>
      <span className="flex shrink-0 items-center">
        {item.may_restore && (
          <IconButton label={`Restore ${name}`} disabled={busy} onClick={onRestore}>
            <Undo2 size={14} />
          </IconButton>
        )}
        {item.may_purge && (
          <IconButton label={`Delete ${name} for good`} disabled={busy} onClick={onPurge}>
            <Trash2 size={14} />
          </IconButton>
        )}
      </span>
    </li>
  );
}
