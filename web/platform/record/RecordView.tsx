import { Link } from '@tanstack/react-router';
import { Copy, Ellipsis, Merge, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useEffectEvent, useState } from 'react';
import { flushSync } from 'react-dom';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Banner as Note } from '../../ui/Banner.tsx';
import { buttonClass } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatList } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { Skeleton, SkeletonRows } from '../../ui/Skeleton.tsx';
import { toast } from '../../ui/toast.ts';
import { LazyMergeDialog } from '../merge/lazyMerge.ts';
import { idNow } from '../offline/arrivals.ts';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import { isNew } from '../offline/waiting.ts';
import { usePageTitle } from '../page/usePageTitle.ts';
import { attempt } from '../query/attempt.ts';
import { ApiError } from '../query/problem.ts';
import { QueryError } from '../query/QueryError.tsx';
import { queryClient } from '../query/queryClient.ts';
import { trashRecord } from '../query/records.ts';
import { onRefreshed } from '../query/undo.ts';
import { useMay, useSession } from '../session/session.tsx';
import type { OwnAction, RecordDefinition } from './definition.ts';
import { FavouriteButton } from './FavouriteButton.tsx';
import { FieldFacts } from './FieldFacts.tsx';
import { FollowButton } from './FollowButton.tsx';
import { type AnyRecord, isHidden, isPartial } from './field.ts';
import { LazyRecordForm } from './lazyForm.ts';
import { Presence } from './Presence.tsx';
import { RecordBody } from './RecordBody.tsx';
import { addRecent } from './recents.ts';
import { nameOnPage } from './recordName.ts';
import { wordsOf } from './recordTypes.ts';
import { useOpenedRecord } from './useOpenedRecord.ts';

const LazyStateActions = lazyPart(() => import('./StateActions.tsx'));
const LazyReversal = lazyPart(() => import('./Reversal.tsx'));

interface RecordViewProps {
  definition: RecordDefinition;
  id: string;
  crumb?: ReactNode;
  tools?: ReactNode;
  onDeleted: () => void;
  /** It goes on with another record, which this one became part of. */
  onOpen: (id: string) => void;
}

export function RecordView(props: RecordViewProps) {
  const { crumb, tools } = props;
  const [deleted, setDeleted] = useState(false);
  useTakenAway(props, () => setDeleted(true));
  // The way back may take a while to load, and what stays open would ask for the record with each change it is told of.
  if (deleted) return <Head crumb={crumb} tools={tools} />;
  return (
    <Opened
      {...props}
      onDeleted={() => {
        flushSync(() => setDeleted(true));
        props.onDeleted();
      }}
    />
  );
}

/** Goes on from a record that was shown and that something done here took away, such as an undo of its creation. */
function useTakenAway({ definition, id, onDeleted, onOpen }: RecordViewProps, onTakenAway: () => void): void {
  const leave = useEffectEvent(() => {
    const { error, dataUpdateCount = 0 } = queryClient.getQueryState([definition.resource, 'one', idNow(id)]) ?? {};
    if (dataUpdateCount === 0 || !(error instanceof ApiError) || error.status !== 404) return;
    onTakenAway();
    const { merged_into } = error.problem;
    if (merged_into) onOpen(merged_into);
    else onDeleted();
  });
  useEffect(() => onRefreshed(leave), []);
}

/** The bar above what is no record yet, or none any more. */
function Head({ crumb, tools, children }: Pick<RecordViewProps, 'crumb' | 'tools'> & { children?: ReactNode }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line pe-2 ps-4 md:pe-3 md:ps-5">
      {crumb}
      {children}
      <span className="flex-1" />
      {tools}
    </header>
  );
}

function Opened(props: RecordViewProps) {
  const { definition, id, crumb, tools } = props;
  const record = useOpenedRecord(definition.resource, id);
  const words = wordsOf(definition.resource);
  if (record.data) return <Loaded {...props} record={record.data} />;
  const missing = record.error instanceof ApiError && record.error.status === 404 ? record.error.problem : null;
  return (
    <>
      <Head crumb={crumb} tools={tools}>
        {record.isPending ? (
          <Skeleton className="w-32" />
        ) : (
          <h1 className="truncate text-14 font-semibold max-sm:ps-3">
            {missing ? t('Not found') : t('Could not be read')}
          </h1>
        )}
      </Head>
      {record.isPending ? (
        <SkeletonRows label={t('Loading the {type}', { type: words.type })} />
      ) : missing ? (
        <EmptyState
          page
          icon={<definition.icon size={18} />}
          title={
            missing.merged_into
              ? t('This {type} was merged into another', { type: words.type })
              : t('This {type} is not available', { type: words.type })
          }
          action={
            missing.merged_into ? (
              <Link
                to={`${definition.path}/$id`}
                params={{ id: missing.merged_into }}
                className={buttonClass('secondary')}
              >
                {t('Open that {type}', { type: words.type })}
              </Link>
            ) : (
              <Link to={definition.path} className={buttonClass('secondary')}>
                {t('All {types}', { types: words.types })}
              </Link>
            )
          }
        >
          {missing.merged_into ? t('They were merged.') : t('It was deleted, or you may not see it.')}
        </EmptyState>
      ) : (
        <QueryError title={t('The {type} could not be read', { type: words.type })} query={record} />
      )}
    </>
  );
}

function Loaded({ definition, record, crumb, tools, onDeleted }: RecordViewProps & { record: AnyRecord }) {
  const { resource, path, contract, Facts, Actions, Banner } = definition;
  const words = wordsOf(resource);
  const [dialog, setDialog] = useState<'edit' | 'merge' | 'delete' | null>(null);
  const [chosen, setChosen] = useState<OwnAction | null>(null);
  const close = () => setDialog(null);
  const may = useMay();
  /** To the server, and so to others. */
  const known = !isNew(record.id);
  const owner = (record.owner_id as string | null | undefined) ?? null;
  const mayChange = (action: 'update' | 'delete') => may(resource, action, owner) && !isPartial(record);
  const name = nameOnPage(definition, record);
  usePageTitle(name);
  const { user } = useSession();
  useEffect(
    () => addRecent(user.id, { to: `${path}/${record.id}`, name, resource }),
    [user.id, path, record.id, name, resource],
  );
  const remove = () =>
    attempt(async () => {
      const done = contract.trash
        ? t('{Type} moved to the trash', { Type: words.Type })
        : t('{Type} deleted', { Type: words.Type });
      await trashRecord(resource, record, done);
      onDeleted();
    });

  return (
    <>
      <header className="shrink-0 border-b border-line">
        <div className="flex min-h-12 items-center gap-1 pe-2 ps-4 max-sm:flex-wrap max-sm:pt-1 sm:h-12 md:pe-3 md:ps-5">
          {crumb}
          <span className="flex-1 sm:hidden" />
          <div className="flex min-w-0 flex-1 items-center gap-1 max-sm:order-last max-sm:basis-full max-sm:pb-1">
            <h1 className="flex min-w-0 items-center gap-1.5 text-14 font-semibold max-sm:text-16 max-sm:wrap-anywhere">
              <span className="me-1 sm:hidden">
                <Avatar name={name} size="medium" square={definition.square} />
              </span>
              <bdi className="sm:truncate">{name}</bdi>
              <WaitingMark of={record} field="*" />
            </h1>
            {known && <FavouriteButton resource={resource} id={record.id} name={name} />}
          </div>
          <Suspense>{Actions && <Actions record={record} />}</Suspense>
          {known && contract.attachable && <Presence resource={resource} id={record.id} />}
          {known && contract.attachable && <FollowButton resource={resource} id={record.id} />}
          <Menu
            align="end"
            trigger={
              <IconButton label={t('More actions')}>
                <Ellipsis size={16} />
              </IconButton>
            }
            actions={[
              ...(mayChange('update')
                ? [{ label: t('Edit all fields'), icon: <Pencil size={14} />, onSelect: () => setDialog('edit') }]
                : []),
              ...(contract.merges && mayChange('update') && may(resource, 'delete')
                ? [{ label: t('Merge with…'), icon: <Merge size={14} />, onSelect: () => setDialog('merge') }]
                : []),
              ...(known && mayChange('update')
                ? definition.menuActions.map((action) => ({
                    label: action.label,
                    icon: <action.icon size={14} />,
                    onSelect: () => setChosen(action),
                  }))
                : []),
              {
                label: t('Copy link'),
                icon: <Copy size={14} />,
                onSelect: () =>
                  void attempt(async () => {
                    await navigator.clipboard.writeText(`${window.location.origin}${path}/${record.id}`);
                    toast(t('Link copied'));
                  }),
              },
              ...(mayChange('delete')
                ? [
                    {
                      label: t('Delete {type}', { type: words.type }),
                      icon: <Trash2 size={14} />,
                      danger: true,
                      group: true as const,
                      onSelect: () => (contract.trash ? void remove() : setDialog('delete')),
                    },
                  ]
                : []),
            ]}
          />
          {tools}
        </div>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 pb-3 md:px-5">
          <span className="flex max-sm:hidden">
            <Avatar name={name} size="large" square={definition.square} />
          </span>
          <dl className="flex min-w-0 flex-1 flex-wrap gap-x-8 gap-y-2 max-sm:grid max-sm:basis-full max-sm:grid-cols-[fit-content(64%)_minmax(0,1fr)] max-sm:gap-x-6">
            {Facts ? <Facts record={record} /> : <FieldFacts definition={definition} record={record} />}
          </dl>
          {known && (
            <Suspense>
              {contract.states && (
                <div className="flex flex-wrap gap-2">
                  <LazyStateActions definition={definition} record={record} />
                </div>
              )}
              {contract.appendOnly && <LazyReversal definition={definition} record={record} />}
            </Suspense>
          )}
        </div>
        {isPartial(record) && <ShownInPart definition={definition} record={record} />}
        <Suspense>{Banner && <Banner record={record} />}</Suspense>
      </header>
      <RecordBody definition={definition} record={record} />
      <Suspense>
        {chosen && <chosen.Dialog record={record} onClose={() => setChosen(null)} />}
        {dialog === 'edit' && (
          <LazyRecordForm definition={definition} record={record} onClose={close} onSaved={close} />
        )}
        {dialog === 'merge' && (
          <LazyMergeDialog definition={definition} ids={[record.id]} onClose={close} onMerged={close} />
        )}
        {dialog === 'delete' && (
          <ConfirmDialog
            open
            danger
            title={t('Delete this {type}?', { type: words.type })}
            description={t('There is no trash for this: deleting is permanent.')}
            action={t('Delete')}
            onConfirm={() => void remove().then(close)}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

/** Which fields the reader does not see, so that nobody takes them for empty. */
function ShownInPart({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  const hidden = definition.fields.filter((field) => isHidden(record, field)).map(({ label }) => label);
  return (
    <div className="px-4 pb-3 md:px-5">
      <Note meaning="info">
        {t('Shown in part: your role does not show you {fields}.', { fields: formatList(hidden) })}
      </Note>
    </div>
  );
}
