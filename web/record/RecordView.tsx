import { Link } from '@tanstack/react-router';
import { Copy, Ellipsis, Merge, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { attempt } from '../app/attempt.ts';
import { addRecent } from '../app/palette/recents.ts';
import { ApiError } from '../app/problem.ts';
import { QueryError } from '../app/QueryError.tsx';
import { trashRecord } from '../app/records.ts';
import { useMay, useSession } from '../app/session.tsx';
import { usePageTitle } from '../app/usePageTitle.ts';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import { isNew } from '../offline/waiting.ts';
import { t } from '../text/text.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { buttonClass } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Skeleton, SkeletonRows } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import type { RecordDefinition } from './definition.ts';
import { FollowButton } from './FollowButton.tsx';
import type { AnyRecord } from './field.ts';
import { LazyMergeDialog, LazyRecordForm } from './lazyParts.ts';
import { Presence } from './Presence.tsx';
import { RecordBody } from './RecordBody.tsx';
import { useOpenedRecord } from './useOpenedRecord.ts';

interface RecordViewProps {
  definition: RecordDefinition;
  id: string;
  crumb?: ReactNode;
  tools?: ReactNode;
  onDeleted: () => void;
}

export function RecordView(props: RecordViewProps) {
  const { crumb, tools, onDeleted } = props;
  const [deleted, setDeleted] = useState(false);
  // The way back may take a while to load, and what stays open would ask for the record with each change it is told of.
  if (deleted) return <Head crumb={crumb} tools={tools} />;
  return (
    <Opened
      {...props}
      onDeleted={() => {
        flushSync(() => setDeleted(true));
        onDeleted();
      }}
    />
  );
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
  if (record.data) return <Loaded {...props} record={record.data} />;
  const missing = record.error instanceof ApiError && record.error.status === 404 ? record.error.problem : null;
  return (
    <>
      <Head crumb={crumb} tools={tools}>
        {record.isPending ? (
          <Skeleton className="w-32" />
        ) : (
          <h1 className="truncate text-14 font-semibold">{missing ? t('Not found') : t('Could not be read')}</h1>
        )}
      </Head>
      {record.isPending ? (
        <SkeletonRows
          label={t(
            '{noun, select, contact {Loading the contact} company {Loading the company} other {Loading the deal}}',
            { noun: definition.resource },
          )}
        />
      ) : missing ? (
        <EmptyState
          page
          icon={<definition.icon size={18} />}
          title={
            missing.merged_into
              ? t(
                  '{noun, select, contact {This contact became part of another} company {This company became part of another} other {This deal became part of another}}',
                  { noun: definition.resource },
                )
              : t(
                  '{noun, select, contact {This contact is not here} company {This company is not here} other {This deal is not here}}',
                  { noun: definition.resource },
                )
          }
          action={
            missing.merged_into ? (
              <Link
                to={`${definition.path}/$id`}
                params={{ id: missing.merged_into }}
                className={buttonClass('secondary')}
              >
                {t('{noun, select, contact {Open that contact} company {Open that company} other {Open that deal}}', {
                  noun: definition.resource,
                })}
              </Link>
            ) : (
              <Link to={definition.path} className={buttonClass('secondary')}>
                {t('{noun, select, contact {All contacts} company {All companies} other {All deals}}', {
                  noun: definition.resource,
                })}
              </Link>
            )
          }
        >
          {missing.merged_into ? t('They were merged.') : t('It was deleted, or you may not see it.')}
        </EmptyState>
      ) : (
        <QueryError
          title={t(
            '{noun, select, contact {The contact could not be read} company {The company could not be read} other {The deal could not be read}}',
            { noun: definition.resource },
          )}
          query={record}
        />
      )}
    </>
  );
}

function Loaded({ definition, record, crumb, tools, onDeleted }: RecordViewProps & { record: AnyRecord }) {
  const { resource, path, Facts, Actions, Banner } = definition;
  const [dialog, setDialog] = useState<'edit' | 'merge' | null>(null);
  const close = () => setDialog(null);
  const may = useMay();
  /** To the server, and so to others. */
  const known = !isNew(record.id);
  const owner = (record.owner_id as string | null | undefined) ?? null;
  const name =
    String(record.name ?? '') ||
    t('{noun, select, contact {Unnamed contact} company {Unnamed company} other {Unnamed deal}}', { noun: resource });
  usePageTitle(name);
  const { user } = useSession();
  useEffect(
    () => addRecent(user.id, { to: `${path}/${record.id}`, name, resource }),
    [user.id, path, record.id, name, resource],
  );

  return (
    <>
      <header className="shrink-0 border-b border-line">
        <div className="flex min-h-12 items-center gap-1 pe-2 ps-4 max-sm:flex-wrap max-sm:pt-1 sm:h-12 md:pe-3 md:ps-5">
          {crumb}
          <span className="flex-1 sm:hidden" />
          <h1 className="flex min-w-0 flex-1 items-center gap-1.5 text-14 font-semibold max-sm:order-last max-sm:basis-full max-sm:pb-2 max-sm:text-16 max-sm:wrap-anywhere">
            <span className="me-1 sm:hidden">
              <Avatar name={name} size="medium" square={definition.square} />
            </span>
            <bdi className="sm:truncate">{name}</bdi>
            <WaitingMark of={record} field="*" />
          </h1>
          <Suspense>{Actions && <Actions record={record} />}</Suspense>
          {known && <Presence resource={resource} id={record.id} />}
          {known && <FollowButton resource={resource} id={record.id} />}
          <Menu
            align="end"
            trigger={
              <IconButton label={t('More actions')}>
                <Ellipsis size={16} />
              </IconButton>
            }
            actions={[
              ...(may(resource, 'update', owner)
                ? [{ label: t('Edit all fields'), icon: <Pencil size={14} />, onSelect: () => setDialog('edit') }]
                : []),
              ...(resource !== 'deal' && may(resource, 'update', owner) && may(resource, 'delete')
                ? [{ label: t('Merge with…'), icon: <Merge size={14} />, onSelect: () => setDialog('merge') }]
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
              ...(may(resource, 'delete', owner)
                ? [
                    {
                      label: t(
                        '{noun, select, contact {Delete contact} company {Delete company} other {Delete deal}}',
                        { noun: resource },
                      ),
                      icon: <Trash2 size={14} />,
                      danger: true,
                      group: true as const,
                      onSelect: () =>
                        void attempt(async () => {
                          await trashRecord(
                            resource,
                            record,
                            t(
                              '{noun, select, contact {Contact moved to the trash} company {Company moved to the trash} other {Deal moved to the trash}}',
                              { noun: resource },
                            ),
                          );
                          onDeleted();
                        }),
                    },
                  ]
                : []),
            ]}
          />
          {tools}
        </div>
        <div className="flex items-center gap-4 px-4 pb-3 md:px-5">
          <span className="flex max-sm:hidden">
            <Avatar name={name} size="large" square={definition.square} />
          </span>
          <dl className="flex min-w-0 flex-1 flex-wrap gap-x-8 gap-y-2 max-sm:grid max-sm:grid-cols-[fit-content(64%)_minmax(0,1fr)] max-sm:gap-x-6">
            <Facts record={record} />
          </dl>
        </div>
        <Suspense>{Banner && <Banner record={record} />}</Suspense>
      </header>
      <RecordBody definition={definition} record={record} />
      <Suspense>
        {dialog === 'edit' && (
          <LazyRecordForm definition={definition} record={record} onClose={close} onSaved={close} />
        )}
        {dialog === 'merge' && (
          <LazyMergeDialog definition={definition} ids={[record.id]} onClose={close} onMerged={close} />
        )}
      </Suspense>
    </>
  );
}
