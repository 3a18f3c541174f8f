import { useQuery } from '@tanstack/react-query';
import { Archive, CalendarClock, ShieldCheck, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { LifecycleReport } from '../../../../src/operations/lifecycle/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge, type Meaning } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatBytes, formatDate, formatMonth, formatNumber } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { OrphanSection, TierSection } from './FileSection.tsx';
import { lifecycleQuery, operate, reasonField, archiveSources as sources } from './installation.ts';
import { RuleSection } from './RuleSection.tsx';

type Next = LifecycleReport['next'][number];
type Archived = LifecycleReport['archived'][number];

const return_days = 7;

const states: Record<Archived['state'], { label: string; meaning: Meaning }> = {
  writing: { label: t('Being written'), meaning: 'info' },
  verified: { label: t('Written, still in the database'), meaning: 'info' },
  detached: { label: t('Leaving the database'), meaning: 'info' },
  archived: { label: t('Archived'), meaning: 'good' },
  returned: { label: t('Returned'), meaning: 'accent' },
  deleted: { label: t('Deleted'), meaning: 'neutral' },
};

/** Periods are months of UTC, whatever the zone of who looks. */
const monthOf = ({ first_at }: { first_at: string }) => formatMonth(first_at.slice(0, 10));

/** What will be archived or deleted next, what is archived, and why something is kept. */
export default function LifecyclePage() {
  const report = useQuery(lifecycleQuery);
  const [returning, setReturning] = useState<Archived>();
  return (
    <Loaded query={report}>
      {(found) => (
        <>
          <SettingsSection title={t('Lifecycle')} description={rulesOf(found)}>
            {found.archived
              .filter(({ error }) => error !== null)
              .slice(0, 3)
              .map((row) => (
                <div key={keyOf(row)} className="mb-2">
                  <Banner meaning="bad">
                    {t('{what} of {month} could not be archived or deleted, and is tried again tonight: {error}', {
                      what: sources[row.source],
                      month: monthOf(row),
                      error: row.error,
                    })}
                  </Banner>
                </div>
              ))}
            <p className="text-13 text-muted">{storeOf(found)}</p>
          </SettingsSection>
          <OrphanSection orphans={found.orphans} />
          <SettingsSection
            title={t('Next')}
            description={t('A run each night does what is due. Sizes of what is still in the database are estimates.')}
          >
            {found.next.length === 0 ? (
              <EmptyState compact icon={<CalendarClock size={18} />} title={t('Nothing is old enough')}>
                {t('The first month appears here when it is over.')}
              </EmptyState>
            ) : (
              <Panel label={t('Next')}>
                {found.next.map((row) => (
                  <NextRow key={`${row.action} ${keyOf(row)}`} row={row} />
                ))}
              </Panel>
            )}
          </SettingsSection>
          <SettingsSection
            title={t('Archive')}
            description={t('Each file was read back and compared before its rows left the database.')}
          >
            {found.archived.length === 0 ? (
              <EmptyState compact icon={<Archive size={18} />} title={t('Nothing is archived yet')} />
            ) : (
              <Panel label={t('Archive')}>
                {found.archived.map((row) => (
                  <ArchivedRow key={`${row.state} ${keyOf(row)}`} row={row} onReturn={() => setReturning(row)} />
                ))}
              </Panel>
            )}
          </SettingsSection>
          <TierSection tiers={found.tiers} tier_run={found.tier_run} />
          <RuleSection rules={found.rules} />
          {returning && <ReturnDialog row={returning} onClose={() => setReturning(undefined)} />}
        </>
      )}
    </Loaded>
  );
}

const keyOf = ({ source, first_at }: { source: string; first_at: string }) => `${source} ${first_at}`;

const rulesOf = (found: LifecycleReport) =>
  t(
    'The audit trail and earlier values of records leave the database after {months, plural, one {# month} other {# months}}, and are deleted {years, plural, one {# year} other {# years}} after they were written. The trail can be searched until then.',
    { months: found.archive_after_months, years: found.delete_after_years },
  );

function storeOf({ store, storage_class }: LifecycleReport): string {
  if (store === 'folder')
    return t(
      'Archived files are compressed and sealed, in the data directory. A folder has no storage classes; with S3 older files can lie in a cheaper one.',
    );
  return storage_class === null
    ? t('Archived files are compressed and sealed, in the bucket, in the storage class that the bucket gives them.')
    : t('Archived files are compressed and sealed, in the bucket, in the storage class {name}.', {
        name: storage_class,
      });
}

const sizeOf = ({ rows, bytes }: { rows: number; bytes: number }) =>
  t('{rows, plural, one {# row} other {# rows}}, {size}', { rows, size: formatBytes(bytes) });

function NextRow({ row }: { row: Next }) {
  const isDue = Date.parse(row.at) <= Date.now();
  const when = formatDate(row.at.slice(0, 10));
  const deed =
    row.action === 'archive'
      ? isDue
        ? t('Archived at the next run')
        : t('Archived on {when}', { when })
      : isDue
        ? t('Deleted at the next run')
        : t('Deleted on {when}', { when });
  const Icon = row.held ? ShieldCheck : row.action === 'archive' ? Archive : Trash2;
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" />}
      title={
        <>
          {row.action === 'archive' ? t('Audit trail and earlier values') : sources[row.source]}
          <span className="font-normal text-muted">{monthOf(row)}</span>
          {row.held && <Badge meaning="attention">{t('Held')}</Badge>}
        </>
      }
      detail={
        <>
          <span className="block">{row.held ? t('A legal hold keeps it, whatever its age.') : deed}</span>
          <span className="block">
            {row.action === 'archive'
              ? row.rows === 0
                ? t('Empty, according to statistics')
                : t('About {rows} events, {size}', { rows: formatNumber(row.rows), size: formatBytes(row.bytes) })
              : sizeOf(row)}
          </span>
        </>
      }
    />
  );
}

function ArchivedRow({ row, onReturn }: { row: Archived; onReturn: () => void }) {
  const { label, meaning } = states[row.state];
  return (
    <PanelRow
      icon={
        row.state === 'deleted' ? <Trash2 size={16} aria-hidden="true" /> : <Archive size={16} aria-hidden="true" />
      }
      title={
        <>
          {sources[row.source]}
          <span className="font-normal text-muted">{monthOf(row)}</span>
          <Badge meaning={meaning}>{label}</Badge>
          {row.held && <Badge meaning="attention">{t('Held')}</Badge>}
        </>
      }
      detail={
        <>
          <span className="block">
            {sizeOf(row)}
            {row.files > 1 && ` · ${t('in {files, plural, one {# file} other {# files}}', { files: row.files })}`}
          </span>
          {row.returned_until && (
            <span className="block">
              {t('In the database until {when}', { when: formatDate(row.returned_until.slice(0, 10)) })}
            </span>
          )}
        </>
      }
      end={
        row.state === 'archived' && (
          <Button size="small" icon={<Undo2 size={14} />} onClick={onReturn}>
            {t('Return')}
          </Button>
        )
      }
    />
  );
}

function ReturnDialog({ row, onClose }: { row: Archived; onClose: () => void }) {
  return (
    <FormDialog
      title={t('Return to the database: {what}, {month}?', { what: sources[row.source], month: monthOf(row) })}
      description={t(
        'It is restored into the database in the background, if its files are intact, and is archived again after this many days. Your reason is recorded.',
      )}
      action={t('Return')}
      fields={[{ key: 'days', label: t('Days'), kind: 'integer', required: true }, reasonField]}
      start={{ days: return_days }}
      onSave={async ({ days, reason }) => {
        const { source, first_at } = row;
        await operate('/lifecycle/returns', { source, first_at, days: Number(days), reason });
        toast(t('It is being returned; the list says when it is there.'));
      }}
      onClose={onClose}
    />
  );
}
