import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Job } from '../../../../src/kernel/jobs/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { usePages } from '../../../platform/settings/usePages.ts';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { Select } from '../../../ui/Select.tsx';
import { changesSoon, isPending, jobKindName, jobStates } from './jobNames.ts';

const filters = [
  { value: 'all', label: t('All states') },
  ...Object.entries(jobStates).map(([value, { label }]) => ({ value, label })),
];

const poll_ms = 3_000;

export default function JobPage() {
  const { job } = useSearch({ strict: false }) as { job?: string };
  return job === undefined ? <AllJobs /> : <OneJob id={job} />;
}

function OneJob({ id }: { id: string }) {
  const found = useQuery({
    queryKey: ['job', 'other', id],
    queryFn: ({ signal }) => api.get<Job>(`/jobs/${id}`, {}, signal),
    refetchInterval: ({ state }) => (state.data && isPending(state.data.state) ? poll_ms : false),
  });
  return (
    <SettingsSection
      title={t('Job')}
      action={
        <Link to="/settings/$section" params={{ section: 'jobs' }} className={buttonClass()}>
          {t('All jobs')}
        </Link>
      }
    >
      <Loaded query={found}>
        {(job) => (
          <Panel label={t('Jobs')}>
            <JobRow job={job} />
          </Panel>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function AllJobs() {
  const [state, setState] = useState('all');
  const query = { state: state === 'all' ? undefined : state, limit: 50 };
  const jobs = usePages<Job>('job', '/jobs', query, (rows) => rows.some(changesSoon) && poll_ms);
  return (
    <SettingsSection
      title={t('Jobs')}
      description={t('What runs in the background: imports, exports, mails, cleanup.')}
      action={<Select label={t('State')} className="w-40!" options={filters} value={state} onChange={setState} />}
    >
      <Loaded query={jobs}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={t('No jobs')}>{t('No jobs, or none in this state.')}</EmptyState>
          ) : (
            <Panel label={t('Jobs')}>
              {rows.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {jobs.hasNextPage && (
        <Button className="mt-3" busy={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
          {t('Show older')}
        </Button>
      )}
    </SettingsSection>
  );
}

function JobRow({ job }: { job: Job }) {
  const may = useMay();
  const { user } = useSession();
  const mayChange = may('job', 'update') || job.actor_id === user.id;
  const act = async (action: 'cancellation' | 'retry') => {
    if (await attempt(() => api.post(`/jobs/${job.id}/${action}`)))
      await queryClient.invalidateQueries({ queryKey: ['job'] });
  };
  const { label, meaning } = jobStates[job.state];
  const kind = jobKindName(job.kind);
  const { progress } = job;
  return (
    <PanelRow
      title={
        <>
          <span title={job.kind}>{kind}</span>
          <Badge meaning={meaning}>{label}</Badge>
        </>
      }
      detail={
        <>
          <DateText value={job.finished_at ?? job.created_at} />
          {job.attempts > 1 &&
            t(' · attempt {attempt, number} of {max, number}', { attempt: job.attempts, max: job.attempts_max })}
          {progress?.note && ` · ${progress.note}`}
          {job.error && <span className="block text-bad-ink">{translateServerText(job.error)}</span>}
          {job.state === 'running' && progress && (
            <span className="mt-1.5 block max-w-80">
              <ProgressBar
                label={t('Progress of {kind}', { kind })}
                value={progress.total ? (progress.done / progress.total) * 100 : null}
              />
            </span>
          )}
        </>
      }
      end={
        <>
          {mayChange && isPending(job.state) && (
            <IconButton label={t('Cancel')} onClick={() => void act('cancellation')}>
              <Ban size={14} />
            </IconButton>
          )}
          {mayChange && (job.state === 'failed' || job.state === 'in_doubt') && (
            <IconButton
              label={job.state === 'failed' ? t('Run again') : t('Look up again')}
              onClick={() => void act('retry')}
            >
              <RotateCcw size={14} />
            </IconButton>
          )}
        </>
      }
    />
  );
}
