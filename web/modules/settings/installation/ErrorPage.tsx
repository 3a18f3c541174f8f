import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Bug, CircleCheck, EyeOff, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport, ErrorReportDetail, ErrorReportList } from '../../../../src/operations/errors/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge, type Meaning } from '../../../ui/Badge.tsx';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { installationKey, query } from './installation.ts';

type State = ErrorReport['state'];

const states: Record<State, { label: string; meaning: Meaning }> = {
  open: { label: t('Open'), meaning: 'bad' },
  resolved: { label: t('Resolved'), meaning: 'good' },
  ignored: { label: t('Ignored'), meaning: 'info' },
};

/** Unexpected errors by what caused them, and one of them with its latest occurrences. */
export default function ErrorPage() {
  const { error } = useSearch({ strict: false }) as { error?: string };
  return error === undefined ? <AllErrors /> : <OneError id={error} />;
}

function AllErrors() {
  const [state, setState] = useState<State>('open');
  const errors = useQuery(query<ErrorReportList>(`/errors?state=${state}`));
  const counts = errors.data?.counts;
  const options = Object.entries(states).map(([value, { label }]) => ({
    value,
    label: counts ? t('{state} ({count, number})', { state: label, count: counts[value as State] }) : label,
  }));
  return (
    <SettingsSection
      title={t('Errors')}
      description={t(
        'What failed unexpectedly in any workspace, in the background or in the page, once for each cause. Reports that were not seen for 90 days are deleted.',
      )}
      action={
        <Select
          label={t('State')}
          className="w-44!"
          options={options}
          value={state}
          onChange={(value) => setState(value as State)}
        />
      }
    >
      <Loaded query={errors}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              icon={<CircleCheck size={18} />}
              title={state === 'open' ? t('No open errors') : t('No errors')}
            >
              {t('Each error appears here within a second, with what you need to find it in the log.')}
            </EmptyState>
          ) : (
            <Panel label={t('Errors')}>
              {data.map((report) => (
                <ErrorRow key={report.id} report={report} />
              ))}
            </Panel>
          )
        }
      </Loaded>
    </SettingsSection>
  );
}

function ErrorRow({ report }: { report: ErrorReport }) {
  return (
    <PanelRow
      icon={<Bug size={16} aria-hidden="true" />}
      title={
        <>
          <Link
            to="/settings/$section"
            params={{ section: 'errors' }}
            search={{ error: report.id } as never}
            className="min-w-0 wrap-anywhere hover:underline"
          >
            {report.kind}
          </Link>
          {report.regressed_at && report.state === 'open' && <Badge meaning="attention">{t('Came back')}</Badge>}
        </>
      }
      detail={
        <>
          <span className="line-clamp-2 text-ink">{report.message}</span>
          <bdi className="font-mono">{report.location ?? report.route}</bdi>
        </>
      }
      end={
        <div className="text-end text-12 text-muted tabular-nums">
          <div className="text-13 font-medium text-ink">
            {t('{count, plural, one {# time} other {# times}}', { count: report.occurrences })}
          </div>
          <DateText value={report.last_seen_at} />
        </div>
      }
    />
  );
}

function OneError({ id }: { id: string }) {
  const found = useQuery(query<ErrorReportDetail>(`/errors/${id}`));
  return (
    <Loaded query={found}>
      {(report) => (
        <>
          <SettingsSection
            title={report.kind}
            description={<span className="wrap-anywhere">{report.message}</span>}
            action={
              <Link to="/settings/$section" params={{ section: 'errors' }} className={buttonClass()}>
                {t('All errors')}
              </Link>
            }
          >
            <Panel label={t('Error')}>
              <PanelRow
                title={<Badge meaning={states[report.state].meaning}>{states[report.state].label}</Badge>}
                detail={
                  report.changed_at &&
                  t('{who}, {when}', { who: report.changed_by!, when: formatDateTime(report.changed_at) })
                }
                end={<StateButtons report={report} />}
              />
              <PanelRow
                title={t('{count, plural, one {Seen once} other {Seen # times}}', { count: report.occurrences })}
                detail={t('First {first}, last {last}', {
                  first: formatDateTime(report.first_seen_at),
                  last: formatDateTime(report.last_seen_at),
                })}
              />
              {report.regressed_at && (
                <PanelRow title={t('Came back after it was resolved')} detail={formatDateTime(report.regressed_at)} />
              )}
              <PanelRow
                title={t('Who met it')}
                detail={t(
                  'Of the latest {count, number}: {people, plural, =0 {nobody} one {# person} other {# people}} in {workspaces, plural, =0 {no workspace} one {# workspace} other {# workspaces}}',
                  { count: report.latest.length, people: report.people, workspaces: report.workspaces },
                )}
              />
              <PanelRow
                title={t('Versions')}
                detail={t('First in {first}, last in {last}', {
                  first: report.first_version,
                  last: report.last_version,
                })}
              />
            </Panel>
          </SettingsSection>
          <SettingsSection title={t('Latest occurrences')}>
            <Panel label={t('Latest occurrences')}>
              {report.latest.map((occurrence) => (
                <OccurrenceRow key={occurrence.line_id} occurrence={occurrence} />
              ))}
            </Panel>
          </SettingsSection>
        </>
      )}
    </Loaded>
  );
}

function StateButtons({ report }: { report: ErrorReport }) {
  const become = (state: State) =>
    attempt(async () => {
      await api.patch(`/installation/errors/${report.id}`, { state });
      await queryClient.invalidateQueries({ queryKey: [installationKey] });
    });
  if (report.state !== 'open')
    return (
      <Button icon={<RotateCcw size={14} />} onClick={() => become('open')}>
        {t('Reopen')}
      </Button>
    );
  return (
    <>
      <Button icon={<EyeOff size={14} />} onClick={() => become('ignored')}>
        {t('Ignore')}
      </Button>
      <Button emphasis="primary" icon={<CircleCheck size={14} />} onClick={() => become('resolved')}>
        {t('Resolve')}
      </Button>
    </>
  );
}

function OccurrenceRow({ occurrence }: { occurrence: ErrorReportDetail['latest'][number] }) {
  const { at, route, request_id, process, version, message, stack } = occurrence;
  return (
    <PanelRow
      title={<DateText value={at} />}
      detail={
        <>
          <span className="block text-ink">{message}</span>
          <bdi className="font-mono">{[route, process, version].filter(Boolean).join(' · ')}</bdi>
        </>
      }
      end={
        request_id && (
          <Link
            to="/settings/$section"
            params={{ section: 'installation-logs' }}
            search={{ request_id, range: '30d' } as never}
            className={buttonClass()}
          >
            {t('Show in the log')}
          </Link>
        )
      }
    >
      {stack && (
        <details className="text-12">
          <summary className="cursor-pointer text-muted">{t('Stack')}</summary>
          <pre className="mt-2 max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono whitespace-pre-wrap wrap-anywhere">
            {stack}
          </pre>
        </details>
      )}
    </PanelRow>
  );
}
