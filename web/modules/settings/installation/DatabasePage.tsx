import { useQuery } from '@tanstack/react-query';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DatabaseReport } from '../../../../src/operations/console/database/contract.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge, type Meaning } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatBytes, formatDateTime, formatNumber, formatPercent } from '../../../ui/format.ts';
import { ConnectionSection } from './ConnectionSection.tsx';
import { databaseQuery, spent } from './database.ts';
import { StatementSection } from './StatementSection.tsx';
import { TableSection } from './TableSection.tsx';

/** What the database server knows of itself: who waits, what is slow, what grows. */
export default function DatabasePage() {
  const report = useQuery(databaseQuery);
  return (
    <Loaded query={report}>
      {({ overview, connections, statements, tables, indexes, replication }) => (
        <>
          <SettingsSection
            title={t('Database')}
            description={t('The PostgreSQL server of this installation, as it is now.')}
          >
            <Section of={overview}>{(found) => <Overview overview={found} />}</Section>
          </SettingsSection>
          <SettingsSection
            title={t('Connections and locks')}
            description={t('Who waits for whom, and transactions that are open for more than a minute.')}
          >
            <Section of={connections}>
              {(found) => <ConnectionSection connections={found} mayEnd={overview?.may_end ?? false} />}
            </Section>
          </SettingsSection>
          <SettingsSection
            title={t('Statements')}
            description={t('Those that took the most time since the statistics began, without the values in them.')}
          >
            <Section of={statements}>{(found) => <StatementSection statements={found} />}</Section>
          </SettingsSection>
          <SettingsSection
            title={t('Tables')}
            description={t('The largest, with their indexes. How much of them is unused is an estimate.')}
          >
            <Section of={tables}>{(found) => <TableSection tables={found} />}</Section>
          </SettingsSection>
          <SettingsSection
            title={t('Indexes')}
            description={
              overview?.stats_since
                ? t('Invalid, the same as another, or not used since {when}. A replica may still use them.', {
                    when: formatDateTime(overview.stats_since),
                  })
                : t('Invalid, the same as another, or never used. A replica may still use them.')
            }
          >
            <Section of={indexes}>{(found) => <Indexes indexes={found} />}</Section>
          </SettingsSection>
          <SettingsSection
            title={t('Replication')}
            description={t('Replicas, and the slots for which the server keeps its log.')}
          >
            <Section of={replication}>{(found) => <Replication replication={found} />}</Section>
          </SettingsSection>
        </>
      )}
    </Loaded>
  );
}

function Section<Part>({ of, children }: { of: Part | null; children: (of: Part) => ReactNode }) {
  if (of !== null) return children(of);
  return (
    <Banner meaning="attention">
      {t('The server did not answer this in time: it is busy, or a lock is held on what was asked for.')}
    </Banner>
  );
}

function Overview({ overview }: { overview: NonNullable<DatabaseReport['overview']> }) {
  const { version, bytes, hit_ratio, connections, connections_max, transaction_age, transaction_age_max } = overview;
  const full = connections > connections_max * 0.8;
  const old = transaction_age > transaction_age_max * 2;
  const rows: { name: string; value: ReactNode; bad?: boolean }[] = [
    {
      name: t('PostgreSQL'),
      value: t('{version}, running since {when}', { version, when: formatDateTime(overview.started_at) }),
    },
    { name: t('Size'), value: formatBytes(bytes) },
    {
      name: t('Connections'),
      value: t('{count, number} of {max, number}', { count: connections, max: connections_max }),
      bad: full,
    },
    ...(hit_ratio === null
      ? []
      : [{ name: t('Read from memory'), value: formatPercent(Math.round(hit_ratio * 1000) / 10) }]),
    {
      name: t('Age of the oldest transaction id'),
      value: t('{age, number} of {max, number}, where the server vacuums by itself', {
        age: transaction_age,
        max: transaction_age_max,
      }),
      bad: old,
    },
    { name: t('Deadlocks'), value: formatNumber(overview.deadlocks) },
  ];
  return (
    <>
      {(!overview.may_read_all || !overview.may_end) && (
        <div className="mb-3">
          <Banner meaning="attention">
            {t(
              'The role {role} may not see or end all connections. As a superuser: grant pg_monitor, pg_signal_backend to {role}',
              {
                role: overview.role,
              },
            )}
          </Banner>
        </div>
      )}
      <Panel label={t('Database')}>
        {rows.map(({ name, value, bad = false }) => (
          <PanelRow
            key={name}
            icon={
              bad ? (
                <TriangleAlert size={16} className="text-bad-ink" aria-label={t('Not well')} />
              ) : (
                <CircleCheck size={16} className="text-good-ink" aria-label={t('Well')} />
              )
            }
            title={name}
            detail={value}
          />
        ))}
      </Panel>
    </>
  );
}

const problems: Record<'invalid' | 'duplicate' | 'unused', { label: string; meaning: Meaning }> = {
  invalid: { label: t('Invalid'), meaning: 'bad' },
  duplicate: { label: t('Duplicate'), meaning: 'attention' },
  unused: { label: t('Unused'), meaning: 'neutral' },
};

function Indexes({ indexes }: { indexes: NonNullable<DatabaseReport['indexes']> }) {
  if (indexes.length === 0) return <Banner meaning="good">{t('All are valid, different and in use.')}</Banner>;
  return (
    <Panel label={t('Indexes')}>
      {indexes.map(({ name, table, bytes, problem, same_as }) => (
        <PanelRow
          key={name}
          title={
            <>
              <span className="font-mono text-12 wrap-anywhere">{name}</span>
              <Badge meaning={problems[problem].meaning}>{problems[problem].label}</Badge>
            </>
          }
          detail={
            <>
              {t('{size} on {table}', { size: formatBytes(bytes), table })}
              {same_as && ` · ${t('the same as {index}', { index: same_as })}`}
              {problem === 'invalid' && ` · ${t('reindex index concurrently rebuilds it')}`}
            </>
          }
        />
      ))}
    </Panel>
  );
}

function Replication({
  replication: { slots, replicas },
}: {
  replication: NonNullable<DatabaseReport['replication']>;
}) {
  if (slots.length + replicas.length === 0)
    return <Banner meaning="info">{t('This server has no replica and no slot.')}</Banner>;
  return (
    <Panel label={t('Replication')}>
      {replicas.map(({ name, state, sync_state, lag_seconds }) => (
        <PanelRow
          key={name}
          title={name}
          detail={[
            state,
            sync_state,
            lag_seconds === null ? null : t('{time} behind', { time: spent(lag_seconds * 1000) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        />
      ))}
      {slots.map(({ name, type, active, wal_status, inactive_since, kept_bytes }) => (
        <PanelRow
          key={name}
          title={
            <>
              <span className="font-mono text-12 wrap-anywhere">{name}</span>
              <Badge meaning={active ? 'good' : 'bad'}>{active ? t('In use') : t('Nobody reads it')}</Badge>
            </>
          }
          detail={
            <>
              {[
                type,
                wal_status,
                kept_bytes === null ? null : t('{size} of log kept', { size: formatBytes(kept_bytes) }),
              ]
                .filter(Boolean)
                .join(' · ')}
              {inactive_since && (
                <>
                  {' · '}
                  <DateText value={inactive_since} />
                </>
              )}
            </>
          }
        />
      ))}
    </Panel>
  );
}
