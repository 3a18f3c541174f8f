import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, RotateCcw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import {
  type InstallationStatus,
  job_count_max,
  type OperatorJob,
  type OperatorJobList,
} from '../../../../src/operations/console/contract.ts';
import { FormDialog } from '../../../record/FormDialog.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatList, formatTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { jobKindName, jobStates } from '../jobs/jobNames.ts';
import { Loaded } from '../Loaded.tsx';
import { Panel, PanelRow } from '../Panel.tsx';
import { SettingsSection } from '../SettingsSection.tsx';
import { jobsQuery, operate, partName, reasonField, sentencesOf, statusQuery } from './installation.ts';

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
                {found.findings.map(({ check, ok, detail, advice }) => (
                  <PanelRow
                    key={check}
                    icon={
                      ok ? (
                        <CircleCheck size={16} className="text-good-ink" aria-label={t('Well')} />
                      ) : (
                        <CircleAlert size={16} className="text-bad-ink" aria-label={t('Not well')} />
                      )
                    }
                    title={partName(check)}
                    detail={
                      <>
                        <span className={cx('block', !ok && 'text-bad-ink')}>{translateServerText(detail)}</span>
                        {!ok && advice && <span className="block text-ink">{translateServerText(advice)}</span>}
                      </>
                    }
                  />
                ))}
              </Panel>
              <p className="mt-2 text-12 text-muted">
                {t('Holdfast {version}. Looked at {when}; this page looks again every ten seconds.', {
                  version: found.version,
                  when: formatTime(found.at),
                })}
              </p>
            </>
          )}
        </Loaded>
      </SettingsSection>
      <SettingsSection
        title={t('Jobs that need somebody')}
        description={t('Of all workspaces: those that failed, whose outcome is unknown, and those that run.')}
      >
        <Loaded query={jobs}>{(found) => <Jobs {...found} />}</Loaded>
      </SettingsSection>
    </>
  );
}

function Sentence({ status }: { status: InstallationStatus }) {
  const { well, state, back } = sentencesOf(status);
  const Icon = well ? CircleCheck : TriangleAlert;
  return (
    <div
      role="status"
      className={cx(
        'mb-4 flex items-start gap-3 rounded-lg px-4 py-3',
        well ? 'bg-good-soft text-good-ink' : 'bg-bad-soft text-bad-ink',
      )}
    >
      <Icon size={20} aria-hidden="true" className="mt-0.5 shrink-0" />
      <p className="min-w-0 text-14">
        <strong className="font-semibold">{state}</strong> {back}
      </p>
    </div>
  );
}

const needing = ['in_doubt', 'failed', 'running'] as const;

/** What the list leaves out: of each state it has the latest. */
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
    return <EmptyState title={t('None')}>{t('No job failed, and none is running right now.')}</EmptyState>;
  return (
    <>
      <Missing counts={counts} data={jobs} />
      <Panel label={t('Jobs that need somebody')}>
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
          description={t('“{kind}” of {workspace}. Your reason is kept.', {
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
