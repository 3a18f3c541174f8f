import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, RotateCcw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import {
  type InstallationStatus,
  job_count_max,
  type OperatorJob,
  type OperatorJobList,
} from '../../../../src/operations/console/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { buttonClass } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatList, formatTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { jobKindName, jobStates } from '../jobs/jobNames.ts';
import { detailOf } from './findings.ts';
import {
  isUrgent,
  jobsQuery,
  operate,
  pageOf,
  partName,
  reasonField,
  sentencesOf,
  statusQuery,
} from './installation.ts';
import { StorageSection } from './StorageSection.tsx';

/** Is it well, what is wrong, can I have it back, and how long would that take? */
export default function HealthPage() {
  const status = useQuery(statusQuery);
  const jobs = useQuery(jobsQuery);
  return (
    <>
      <SettingsSection title={t('Health')} description={t('Of this installation, with all its workspaces.')}>
        <Loaded query={status}>
          {(found) => (
            <>
              <Sentence status={found} />
              <Panel label={t('Parts')}>
                {found.findings.map((each) => (
                  <Part key={each.check} found={each} />
                ))}
              </Panel>
              <p className="mt-2 text-12 text-muted">
                {t('Holdfast {version}. Looked at {when}; this page looks again every ten seconds.', {
                  version: found.version,
                  when: formatTime(found.at, 'second'),
                })}
              </p>
            </>
          )}
        </Loaded>
      </SettingsSection>
      <SettingsSection
        id="jobs"
        title={t('Jobs that need attention')}
        description={t('Of all workspaces: those that failed, whose outcome is unknown, and those that run.')}
      >
        <Loaded query={jobs}>{(found) => <Jobs {...found} />}</Loaded>
      </SettingsSection>
      <StorageSection />
    </>
  );
}

function Part({ found }: { found: InstallationStatus['findings'][number] }) {
  const { check, ok, advice } = found;
  const ink = ok ? 'text-good-ink' : isUrgent(found) ? 'text-bad-ink' : 'text-attention-ink';
  return (
    <PanelRow
      icon={
        ok ? (
          <CircleCheck size={16} className={ink} aria-label={t('Well')} />
        ) : isUrgent(found) ? (
          <CircleAlert size={16} className={ink} aria-label={t('Not well')} />
        ) : (
          <TriangleAlert size={16} className={ink} aria-label={t('Can wait until morning')} />
        )
      }
      title={partName(check)}
      detail={
        <>
          <span className={cx('block', !ok && ink)}>{detailOf(found)}</span>
          {!ok && advice && <span className="block text-ink">{translateServerText(advice)}</span>}
          {!ok && <PageLink check={check} className="inline-block py-1 font-medium text-accent-ink underline" />}
        </>
      }
    />
  );
}

/** To where more is said about a part. */
function PageLink({ check, className }: { check: string; className: string }) {
  const to = pageOf(check);
  if (!to) return null;
  return (
    <Link
      to="/settings/$section"
      params={{ section: to.section }}
      {...(to.hash && { hash: to.hash })}
      className={className}
    >
      {t('Open {page}', { page: to.label })}
    </Link>
  );
}

const moods = {
  well: 'bg-good-soft text-good-ink',
  waits: 'bg-attention-soft text-attention-ink',
  bad: 'bg-bad-soft text-bad-ink',
};

function Sentence({ status }: { status: InstallationStatus }) {
  const { mood, state, back, worst } = sentencesOf(status);
  const Icon = mood === 'well' ? CircleCheck : TriangleAlert;
  return (
    <div role="status" className={cx('mb-4 flex items-start gap-3 rounded-lg px-4 py-3', moods[mood])}>
      <Icon size={20} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 text-14 wrap-anywhere">
        <p>
          <strong className="font-semibold">{state}</strong>
          {mood === 'well' && ` ${back}`}
        </p>
        {worst && (
          <>
            <p className="mt-1">
              {t('{part}: {detail}.', { part: partName(worst.check), detail: detailOf(worst) })}{' '}
              {worst.advice && translateServerText(worst.advice)}
            </p>
            <p className="mt-1">{back}</p>
            <p className="mt-3">
              <PageLink check={worst.check} className={buttonClass()} />
            </p>
          </>
        )}
      </div>
    </div>
  );
}

const needing = ['in_doubt', 'failed', 'running'] as const;

/** How many jobs the list leaves out: it has the latest of each state. */
function Missing({ counts, data }: OperatorJobList) {
  const lines = needing.flatMap((state) => {
    const shown = data.filter((job) => job.state === state).length;
    const count = counts[state];
    if (shown >= count) return [];
    const values = { state: jobStates[state].label, shown, count };
    return count < job_count_max
      ? t('{state}: the latest {shown, number} of {count, number}', values)
      : t('{state}: the latest {shown, number} of more than {count, number}', values);
  });
  if (lines.length === 0) return null;
  return <p className="mb-2 text-13 text-muted">{formatList(lines)}</p>;
}

function Jobs({ counts, data: jobs }: OperatorJobList) {
  const [retried, setRetried] = useState<OperatorJob | null>(null);
  if (jobs.length === 0)
    return (
      <EmptyState compact title={t('No jobs')}>
        {t('No job failed, and none is running right now.')}
      </EmptyState>
    );
  return (
    <>
      <Missing counts={counts} data={jobs} />
      <Panel label={t('Jobs that need attention')}>
        {jobs.map((job) => (
          <PanelRow
            key={job.id}
            title={
              <>
                <span title={job.kind}>{jobKindName(job.kind)}</span>
                <Badge meaning={jobStates[job.state].meaning}>{jobStates[job.state].label}</Badge>
              </>
            }
            detail={
              <>
                <bdi>{job.workspace}</bdi> · <DateText value={job.finished_at ?? job.started_at ?? job.run_at} />
                {job.error && <span className="block text-bad-ink">{translateServerText(job.error)}</span>}
              </>
            }
            end={
              job.state !== 'running' && (
                <IconButton
                  label={job.state === 'failed' ? t('Run again') : t('Look up again')}
                  onClick={() => setRetried(job)}
                >
                  <RotateCcw size={14} />
                </IconButton>
              )
            }
          />
        ))}
      </Panel>
      {retried && (
        <FormDialog
          title={t('Run this job again?')}
          description={t('“{kind}” of {workspace}. Your reason is recorded.', {
            kind: jobKindName(retried.kind),
            workspace: retried.workspace,
          })}
          action={t('Run again')}
          fields={[reasonField]}
          start={{}}
          onSave={(body) => operate(`/jobs/${retried.id}/retry`, body)}
          onClose={() => setRetried(null)}
        />
      )}
    </>
  );
}
