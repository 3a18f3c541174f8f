import { Link } from '@tanstack/react-router';
import { Trash2, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { pathOf } from '../query/resources.ts';
import { wordsOf } from '../record/recordTypes.ts';
import type { Trashed } from './trash.ts';

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
  const name = item.name || t('Unnamed');
  return (
    <li className="flex min-h-13 items-center gap-3 px-4 py-2.5 text-13">
      <Checkbox
        label={t('Select {name}', { name })}
        checked={selected}
        disabled={!item.may_restore && !item.may_purge}
        onChange={onSelect}
      />
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2 max-sm:items-start">
          <bdi className="min-w-0 font-medium max-sm:wrap-anywhere sm:truncate">{name}</bdi>
          <Badge className="shrink-0">{wordsOf(item.resource).Type}</Badge>
        </div>
        <p className="text-12 text-muted">
          <T
            text={
              item.deleted_by
                ? 'Deleted <deleted></deleted> by <bdi>{name}</bdi> · kept until <kept></kept>'
                : 'Deleted <deleted></deleted> · kept until <kept></kept>'
            }
            values={{
              deleted: () => <DateText value={item.deleted_at} />,
              kept: () => <DateText value={item.kept_until} exact />,
              ...(item.deleted_by && { name: item.deleted_by.name, bdi: (name: ReactNode) => <bdi>{name}</bdi> }),
            }}
          />
        </p>
        {item.merged_into && <MergedInto page={`${pathOf(item.resource)}/$id`} survivor={item.merged_into} />}
      </div>
      <span className="flex shrink-0 items-center">
        {item.may_restore && (
          <IconButton label={t('Restore {name}', { name })} disabled={busy} onClick={onRestore}>
            <Undo2 size={14} />
          </IconButton>
        )}
        {item.may_purge && (
          <IconButton label={t('Delete {name} for good', { name })} disabled={busy} onClick={onPurge}>
            <Trash2 size={14} />
          </IconButton>
        )}
      </span>
    </li>
  );
}

function MergedInto({ page, survivor }: { page: string; survivor: { id: string; name: string } }) {
  return (
    <p className="text-12 text-muted">
      <T
        text="Merged into <survivor></survivor>. Undo the merge there to bring this back with everything that moved"
        values={{
          survivor: () => (
            <Link to={page} params={{ id: survivor.id }} className="underline hover:text-ink">
              <bdi>{survivor.name}</bdi>
            </Link>
          ),
        }}
      />
    </p>
  );
}
