import { useQuery } from '@tanstack/react-query';
import { Merge, Pencil, Tag, TagsIcon, Trash2, UserRound } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { toast } from '../../ui/toast.ts';
import { useConnection } from '../live/live.ts';
import { LazyMergeDialog } from '../merge/lazyMerge.ts';
import { merged_records_max } from '../merge/merge.ts';
import { messageOf } from '../query/problem.ts';
import type { Resource } from '../query/resources.ts';
import { useMay } from '../session/session.tsx';
import { changeMany, countAll, type Selected } from './bulk/bulk.ts';
import { Pick } from './bulk/Pick.tsx';
import type { BulkAction, OwnBulkAction, RecordDefinition } from './definition.ts';
import type { Named } from './field.ts';
import { countOf, wordsOf } from './recordTypes.ts';

const LazyEditManyDialog = lazyPart(() => import('./bulk/EditManyDialog.tsx'));

interface SelectionActionsProps {
  definition: RecordDefinition;
  selected: Selected;
  /** With the row that stays in place of what was selected. */
  onDone: (toRow?: string) => void;
}

/** An action that waits for a yes. */
interface Asked extends BulkAction {
  /** With how many there are, which may come a moment later. */
  title: (counted: string) => string;
  verb: string;
  danger?: boolean;
}

type OpenDialog = 'edit' | 'merge' | OwnBulkAction;

export default function SelectionActions({ definition, selected, onDone }: SelectionActionsProps) {
  const counted = useCounted(definition, selected);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  /** `action` throws when what was typed for it cannot be read. */
  async function run(action: () => BulkAction) {
    setBusy(true);
    setError(null);
    try {
      await changeMany(definition, selected, action());
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

  const offline = useConnection() === 'offline';
  return (
    <>
      {offline ? (
        <span className="px-2 text-13 text-muted">{t('Go online to change them together')}</span>
      ) : (
        <ActionButtons definition={definition} ids={selected.ids} busy={busy} onAsk={setAsked} onOpen={setDialog} />
      )}
      <Suspense>
        {dialog === 'edit' && (
          <LazyEditManyDialog
            definition={definition}
            counted={counted}
            error={error}
            busy={busy}
            onRun={run}
            onClose={close}
          />
        )}
        {dialog && typeof dialog === 'object' && (
          <dialog.Dialog
            counted={counted}
            definition={definition}
            error={error}
            busy={busy}
            onRun={run}
            onClose={close}
          />
        )}
        {dialog === 'merge' && selected.ids && (
          <LazyMergeDialog definition={definition} ids={selected.ids} onClose={close} onMerged={onDone} />
        )}
      </Suspense>
      <ConfirmDialog
        open={asked !== null}
        title={asked?.title(counted) ?? ''}
        description={t(
          'Records you may not change are left unchanged, and you see how many. You can undo the whole change for 30 days.',
        )}
        action={asked?.verb ?? ''}
        danger={asked?.danger}
        busy={busy}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void run(() => asked)}
      />
    </>
  );
}

interface ActionButtonsProps {
  definition: RecordDefinition;
  /** Null for all that match. */
  ids: string[] | null;
  busy: boolean;
  onAsk: (asked: Asked) => void;
  onOpen: (dialog: OpenDialog) => void;
}

function ActionButtons({ definition, ids, busy, onAsk, onOpen }: ActionButtonsProps) {
  const { resource, contract, bulkActions } = definition;
  const may = useMay();
  const mayUpdate = may(resource, 'update');
  const mayDelete = may(resource, 'delete');
  const mergeable = contract.merges && ids !== null && ids.length > 1 && ids.length <= merged_records_max;
  return (
    <>
      {mayUpdate && contract.owner && (
        <Pick
          of="user"
          label={t('Assign')}
          icon={<UserRound size={14} />}
          busy={busy}
          onPick={(user) => onAsk(assignment(resource, user))}
        />
      )}
      {mayUpdate && contract.meta.has('tags') && (
        <>
          <Pick
            of="tag"
            label={t('Tag')}
            icon={<Tag size={14} />}
            busy={busy}
            onPick={(tag) => onAsk(tagging(resource, tag))}
          />
          <Pick
            of="tag"
            label={t('Untag')}
            icon={<TagsIcon size={14} />}
            busy={busy}
            onPick={(tag) => onAsk(untagging(resource, tag))}
          />
        </>
      )}
      {mayUpdate && (
        <Button size="small" emphasis="quiet" icon={<Pencil size={14} />} onClick={() => onOpen('edit')}>
          {t('Edit')}
        </Button>
      )}
      {bulkActions
        .filter(({ right }) => may(...right))
        .map((own) => (
          <Button
            key={own.label}
            size="small"
            emphasis="quiet"
            icon={<own.icon size={14} />}
            onClick={() => onOpen(own)}
          >
            {own.label}
          </Button>
        ))}
      {mergeable && mayUpdate && mayDelete && (
        <Button size="small" emphasis="quiet" icon={<Merge size={14} />} onClick={() => onOpen('merge')}>
          {t('Merge')}
        </Button>
      )}
      {mayDelete && (
        <Button
          size="small"
          emphasis="quiet"
          icon={<Trash2 size={14} />}
          busy={busy}
          onClick={() => onAsk(deletion(definition))}
        >
          {t('Delete')}
        </Button>
      )}
    </>
  );
}

const assignment = (resource: Resource, { id, name }: Named): Asked => ({
  action: { kind: 'update', fields: { owner_id: id } },
  title: (counted) => t('Assign {counted} to {name}?', { counted, name }),
  verb: t('Assign'),
  doing: t('Assigning to {name}', { name }),
  done: (count) => t('{counted} assigned to {name}', { counted: countOf(resource, count), name }),
});

const tagging = (resource: Resource, { id, name }: Named): Asked => ({
  action: { kind: 'tag', add: [id] },
  title: (counted) => t('Tag {counted} {name}?', { counted, name }),
  verb: t('Add tag'),
  doing: t('Adding the tag {name}', { name }),
  done: (count) => t('{counted} tagged {name}', { counted: countOf(resource, count), name }),
});

const untagging = (resource: Resource, { id, name }: Named): Asked => ({
  action: { kind: 'tag', remove: [id] },
  title: (counted) => t('Take the tag {name} from {counted}?', { name, counted }),
  verb: t('Remove tag'),
  doing: t('Removing the tag {name}', { name }),
  done: (count) => t('{counted} no longer tagged {name}', { counted: countOf(resource, count), name }),
});

function deletion({ resource, contract }: RecordDefinition): Asked {
  const action = { action: { kind: 'delete' }, verb: t('Delete'), danger: true };
  if (!contract.trash)
    return {
      ...action,
      title: (counted) => t('Delete {counted}?', { counted }),
      doing: t('Deleting'),
      done: (count) => t('{counted} deleted', { counted: countOf(resource, count) }),
    };
  return {
    ...action,
    title: (counted) => t('Move {counted} to the trash?', { counted }),
    doing: t('Moving to the trash'),
    done: (count) => t('{counted} moved to the trash', { counted: countOf(resource, count) }),
  };
}

/** "12,345 contacts" */
function useCounted({ resource }: RecordDefinition, { ids, filter }: Selected): string {
  const all = useQuery({
    queryKey: [resource, 'other', 'count', filter],
    enabled: ids === null,
    queryFn: ({ signal }) => countAll(resource, filter, signal),
  });
  const count = ids === null ? all.data : ids.length;
  if (count === undefined) return t('all matching {types}', { types: wordsOf(resource).types });
  return countOf(resource, count);
}
