import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CirclePause, CircleSlash, Clock, Pause, Play, StepForward } from 'lucide-react';
import { useState } from 'react';
import type { ScheduleStatus } from '../../../../src/operations/schedules/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatList } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { jobKindName, jobStates } from '../jobs/jobNames.ts';
import { operate, personOf, reasonField, roughly, schedulesQuery } from './installation.ts';

type Act = 'run' | 'pause' | 'resume';

/** What runs again and again, how it went the last time, and when it is next. */
export default function SchedulePage() {
  const schedules = useQuery(schedulesQuery);
  const [asked, setAsked] = useState<{ act: Act; schedule: ScheduleStatus } | null>(null);
  return (
    <SettingsSection title={t('Schedules')} description={t('Recurring work, done by whichever worker is free.')}>
      <Loaded query={schedules}>
        {({ data }) => (
          <Panel label={t('Schedules')}>
            {data.map((schedule) => (
              <ScheduleRow key={schedule.name} schedule={schedule} onAct={(act) => setAsked({ act, schedule })} />
            ))}
          </Panel>
        )}
      </Loaded>
      {asked && <ActDialog {...asked} onClose={() => setAsked(null)} />}
    </SettingsSection>
  );
}

const isBad = ({ failed, last }: ScheduleStatus): boolean =>
  failed > 0 || last?.state === 'failed' || last?.state === 'in_doubt';

/** An icon and its colour. */
function signOf(schedule: ScheduleStatus) {
  if (schedule.paused) return [CirclePause, 'text-attention-ink'] as const;
  if (isBad(schedule)) return [CircleAlert, 'text-bad-ink'] as const;
  if (schedule.idle) return [CircleSlash, ''] as const;
  return schedule.last?.state === 'done' ? ([CircleCheck, 'text-good-ink'] as const) : ([Clock, ''] as const);
}

function ScheduleRow({ schedule, onAct }: { schedule: ScheduleStatus; onAct: (act: Act) => void }) {
  const { name, kind, cron, idle, last, paused, workspaces } = schedule;
  const [Icon, ink] = signOf(schedule);
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" className={ink} />}
      title={
        <>
          <span title={name}>{jobKindName(kind)}</span>
          {paused && <Badge meaning="attention">{t('Paused')}</Badge>}
          {last && last.state !== 'done' && (
            <Badge meaning={jobStates[last.state].meaning}>{jobStates[last.state].label}</Badge>
          )}
        </>
      }
      detail={
        <>
          <span className="block">
            <span title={cron}>{rhythmOf(schedule)}</span>
            {!paused && <NextRun schedule={schedule} />}
          </span>
          {paused && (
            <span className="block text-ink">
              <T
                text="Paused <time></time> by {person}: {reason}"
                values={{
                  person: personOf(paused.by),
                  reason: paused.reason,
                  time: () => <DateText value={paused.at} />,
                }}
              />
            </span>
          )}
          {idle && (
            <span className="block text-ink">
              {t('It does nothing here: {reason}', { reason: translateServerText(idle) })}
            </span>
          )}
          <LastRun schedule={schedule} />
        </>
      }
      end={
        <>
          <IconButton label={t('Run now')} disabled={workspaces === 0} onClick={() => onAct('run')}>
            <Play size={14} />
          </IconButton>
          {paused ? (
            <IconButton label={t('Resume')} onClick={() => onAct('resume')}>
              <StepForward size={14} />
            </IconButton>
          ) : (
            <IconButton label={t('Pause')} onClick={() => onAct('pause')}>
              <Pause size={14} />
            </IconButton>
          )}
        </>
      }
    />
  );
}

function NextRun({ schedule: { next_at } }: { schedule: ScheduleStatus }) {
  if (!next_at) return <> · {t('not planned yet: no worker ran')}</>;
  if (Date.parse(next_at) < Date.now() + 60_000) return <> · {t('next within a minute')}</>;
  return (
    <>
      {' · '}
      <T text="next <time></time>" values={{ time: () => <DateText value={next_at} /> }} />
    </>
  );
}

function LastRun({ schedule: { last, failed, per, workspaces } }: { schedule: ScheduleStatus }) {
  if (!last) return <span className="block">{t('It has not run yet.')}</span>;
  if (!last.started_at && !last.finished_at) return <span className="block">{t('It waits for a free worker.')}</span>;
  const took =
    last.started_at && last.finished_at
      ? Math.max(0, Date.parse(last.finished_at) - Date.parse(last.started_at)) / 1_000
      : null;
  return (
    <>
      <span className="block">
        <T
          text="Last run <time></time>"
          values={{ time: () => <DateText value={last.finished_at ?? last.started_at} /> }}
        />
        {took !== null && ` · ${took < 1 ? t('took less than a second') : t('took {time}', { time: roughly(took) })}`}
        {per === 'workspace' &&
          ` · ${t('in {count, plural, one {# workspace} other {# workspaces}}', { count: workspaces })}`}
      </span>
      {last.error && last.state !== 'done' && (
        <span className="block text-bad-ink">{translateServerText(last.error)}</span>
      )}
      {per === 'workspace' && failed > 0 && (
        <span className="block text-bad-ink">
          {t('It did not end well in {count, plural, one {# workspace} other {# workspaces}}.', { count: failed })}
        </span>
      )}
    </>
  );
}

const clock = (...parts: string[]) => parts.map((part) => part.padStart(2, '0')).join(':');

/** The usual patterns in words; any other as it is written. */
function rhythmOf({ cron, time_zone }: ScheduleStatus): string {
  const parts = cron.split(' ');
  const seconds = parts.length === 6 ? parts.splice(0, 1) : [];
  const [minute = '', hour = '', ...days] = parts;
  const zone = time_zone ?? t('clock of each workspace');
  const everyDay = days.length === 3 && days.every((part) => part === '*');
  if (!everyDay || !seconds.every((part) => /^\d+$/.test(part))) return `${cron} (${zone})`;
  if (minute === '*' && hour === '*' && seconds.length === 0) return t('Every minute');
  const [, every] = /^\*\/(\d+)$/.exec(minute) ?? [];
  if (every && hour === '*' && seconds.length === 0)
    return t('Every {count, plural, one {minute} other {# minutes}}', { count: Number(every) });
  if (/^\d+$/.test(minute) && hour === '*') return t('Every hour');
  if (!/^\d+$/.test(minute) || !/^\d+(,\d+)*$/.test(hour)) return `${cron} (${zone})`;
  return t('Daily at {times} ({zone})', {
    times: formatList(hour.split(',').map((each) => clock(each, minute, ...seconds))),
    zone,
  });
}

const acts: Record<
  Act,
  { path: string; title: (name: string) => string; description: string; action: string; said: string }
> = {
  run: {
    path: 'runs',
    title: (name) => t('Run “{name}” now?', { name }),
    description: t('It runs in the background as an extra run; its next planned run stays. Your reason is recorded.'),
    action: t('Run now'),
    said: t('It has started; the outcome appears here.'),
  },
  pause: {
    path: 'pause',
    title: (name) => t('Pause “{name}”?', { name }),
    description: t(
      'It does not run in any workspace until somebody resumes it. Health reminds you. Your reason is recorded.',
    ),
    action: t('Pause'),
    said: t('Paused'),
  },
  resume: {
    path: 'resumption',
    title: (name) => t('Resume “{name}”?', { name }),
    description: t('If it missed a run, it runs once within a minute. Your reason is recorded.'),
    action: t('Resume'),
    said: t('Resumed'),
  },
};

function ActDialog({ act, schedule, onClose }: { act: Act; schedule: ScheduleStatus; onClose: () => void }) {
  const { path, title, description, action, said } = acts[act];
  return (
    <FormDialog
      title={title(jobKindName(schedule.kind))}
      description={description}
      action={action}
      fields={[reasonField]}
      start={{}}
      onSave={async (body) => {
        await operate(`/schedules/${encodeURIComponent(schedule.name)}/${path}`, body);
        toast(said);
      }}
      onClose={onClose}
    />
  );
}
