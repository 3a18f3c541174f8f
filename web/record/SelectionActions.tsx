import { useQuery } from '@tanstack/react-query';
import { CircleDollarSign, Merge, Pencil, Tag, TagsIcon, Trash2, UserRound } from 'lucide-react';
import { Suspense, useState } from 'react';
import { messageOf } from '../app/problem.ts';
import { useMay } from '../app/session.tsx';
import { merged_records_max } from '../modules/directory/merge/merge.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { formatNumber } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';
import { type BulkAction, changeMany, countAll, type Selected } from './bulk/bulk.ts';
import { EditManyDialog } from './bulk/EditManyDialog.tsx';
import { Pick } from './bulk/Pick.tsx';
import { StartDealsDialog } from './bulk/StartDealsDialog.tsx';
import type { RecordDefinition } from './definition.ts';
import { LazyMergeDialog } from './lazyParts.ts';

interface SelectionActionsProps {
  definition: RecordDefinition;
  selected: Selected;
  onDone: () => void;
}

/** An action that waits for a yes. */
interface Asked extends BulkAction {
  title: string;
  verb: string;
  danger?: boolean;
}

export default function SelectionActions({ definition, selected, onDone }: SelectionActionsProps) {
  const { resource } = definition;
  const may = useMay();
  const counted = useCounted(definition, selected);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [dialog, setDialog] = useState<'edit' | 'deals' | 'merge' | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function run(action: BulkAction) {
    setBusy(true);
    setError(null);
    try {
      await changeMany(definition, selected, action);
      onDone();
    } catch (refusal) {
      if (dialog) setError(refusal);
      else toast(messageOf(refusal), { kind: 'error' });
      setAsked(null);
    }
    setBusy(false);
  }

  function close() {
    setDialog(null);
    setError(null);
  }

  const { ids } = selected;
  const mergeable =
    resource !== 'deal' &&
    ids !== null &&
    ids.length > 1 &&
    ids.length <= merged_records_max &&
    may(resource, 'update');
  const tags = (kind: 'add' | 'remove', id: string) => ({ kind: 'tag', [kind]: [id] });
  return (
    <>
      {may(resource, 'update') && (
        <>
          <Pick
            of="user"
            label="Assign"
            icon={<UserRound size={14} />}
            busy={busy}
            onPick={({ id, name }) =>
              setAsked({
                action: { kind: 'update', fields: { owner_id: id } },
                title: `Assign ${counted} to ${name}?`,
                verb: 'Assign',
                doing: `Assigning to ${name}`,
                done: `assigned to ${name}`,
              })
            }
          />
          <Pick
            of="tag"
            label="Tag"
            icon={<Tag size={14} />}
            busy={busy}
            onPick={({ id, name }) =>
              setAsked({
                action: tags('add', id),
                title: `Tag ${counted} ${name}?`,
                verb: 'Add tag',
                doing: `Adding the tag ${name}`,
                done: `tagged ${name}`,
              })
            }
          />
          <Pick
            of="tag"
            label="Untag"
            icon={<TagsIcon size={14} />}
            busy={busy}
            onPick={({ id, name }) =>
              setAsked({
                action: tags('remove', id),
                title: `Take the tag ${name} from ${counted}?`,
                verb: 'Remove tag',
                doing: `Removing the tag ${name}`,
                done: `no longer tagged ${name}`,
              })
            }
          />
          <Button size="small" emphasis="quiet" icon={<Pencil size={14} />} onClick={() => setDialog('edit')}>
            Edit
          </Button>
        </>
      )}
      {resource !== 'deal' && may('deal', 'create') && (
        <Button size="small" emphasis="quiet" icon={<CircleDollarSign size={14} />} onClick={() => setDialog('deals')}>
          Start deals
        </Button>
      )}
      {mergeable && may(resource, 'delete') && (
        <Button size="small" emphasis="quiet" icon={<Merge size={14} />} onClick={() => setDialog('merge')}>
          Merge
        </Button>
      )}
      {may(resource, 'delete') && (
        <Button
          size="small"
          emphasis="quiet"
          icon={<Trash2 size={14} />}
          busy={busy}
          onClick={() =>
            setAsked({
              action: { kind: 'delete' },
              title: `Move ${counted} to the trash?`,
              verb: 'Delete',
              danger: true,
              doing: 'Moving to the trash',
              done: 'moved to the trash',
            })
          }
        >
          Delete
        </Button>
      )}
      {dialog === 'edit' && (
        <EditManyDialog
          definition={definition}
          counted={counted}
          error={error}
          busy={busy}
          onRun={run}
          onClose={close}
        />
      )}
      {dialog === 'deals' && (
        <StartDealsDialog counted={counted} error={error} busy={busy} onRun={run} onClose={close} />
      )}
      <Suspense>
        {dialog === 'merge' && ids && (
          <LazyMergeDialog definition={definition} ids={ids} onClose={close} onMerged={onDone} />
        )}
      </Suspense>
      <ConfirmDialog
        open={asked !== null}
        title={asked?.title ?? ''}
        description="Records that you may not change are left out and told. You can take it back as a whole for 30 days."
        action={asked?.verb ?? ''}
        danger={asked?.danger}
        busy={busy}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void run(asked)}
      />
    </>
  );
}

/** "12,345 contacts" */
function useCounted({ resource, one, many }: RecordDefinition, { ids, filter }: Selected): string {
  const all = useQuery({
    queryKey: [resource, 'other', 'count', filter],
    enabled: ids === null,
    queryFn: ({ signal }) => countAll(resource, filter, signal),
  });
  const count = ids === null ? all.data : ids.length;
  if (count === undefined) return `all matching ${many}`;
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
