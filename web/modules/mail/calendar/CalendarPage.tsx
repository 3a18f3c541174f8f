import { useNavigate, useSearch } from '@tanstack/react-router';
import { CalendarDays, Plus, Settings2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { useKey } from '../../../platform/page/useKey.ts';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { activeLocale } from '../../../text/locale.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Calendar } from '../../../ui/calendar/Calendar.tsx';
import { CalendarBar } from '../../../ui/calendar/CalendarBar.tsx';
import { dayAfter, daysOf, firstDayOf, startOf } from '../../../ui/calendar/days.ts';
import type { CalendarItem } from '../../../ui/calendar/item.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { today, zoneOfReader } from '../../../ui/format.ts';
import { CalendarsDialog } from './CalendarsDialog.tsx';
import type { CalendarSearch } from './calendarSearch.ts';
import { MeetingDialog } from './MeetingDialog.tsx';
import { MeetingForm } from './MeetingForm.tsx';
import {
  isBusy,
  type Meeting,
  type OwnCalendar,
  refreshCalendars,
  useAccounts,
  useCalendars,
  useMeeting,
  useMeetings,
} from './meetings.ts';

const minute_ms = 60_000;
const new_minutes = 30;

/** The week of one's own calendars and of those that colleagues share; on a phone a day. */
export default function CalendarPage() {
  usePageTitle(t('Calendar'));
  const calendars = useCalendars();
  return (
    <Loaded query={calendars}>{(rows) => (rows.length === 0 ? <NoCalendar /> : <Shown calendars={rows} />)}</Loaded>
  );
}

function NoCalendar() {
  const may = useMay();
  const [connecting, setConnecting] = useState(false);
  return (
    <>
      <EmptyState
        page
        icon={<CalendarDays size={18} />}
        title={t('No calendar yet')}
        action={
          may('mailbox', 'create') && (
            <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setConnecting(true)}>
              {t('Connect a calendar')}
            </Button>
          )
        }
      >
        {t('Connect yours to see its meetings here and with the people in them. Others only see what you share.')}
      </EmptyState>
      {connecting && <CalendarsDialog calendars={[]} onClose={() => setConnecting(false)} />}
    </>
  );
}

interface MeetingItem extends CalendarItem {
  meeting: Meeting;
}

/** One's own and those of each colleague have a colour of their own. */
const tones: Record<string, Meaning> = {
  gray: 'neutral',
  red: 'bad',
  pink: 'bad',
  orange: 'attention',
  yellow: 'attention',
  green: 'good',
  teal: 'good',
  blue: 'info',
  violet: 'accent',
};

/** On each day that it touches, the first with its time. */
function itemsOf(meeting: Meeting, tone: Meaning): MeetingItem[] {
  const { id, occurred_at, ends_at, starts_on, ends_on, status } = meeting;
  const title = isBusy(meeting)
    ? meeting.owner?.name
      ? t('{name} is busy', { name: meeting.owner.name })
      : t('Busy')
    : meeting.title || t('No title');
  const item = { title, tone, done: status === 'cancelled', meeting };
  if (!starts_on) {
    const minutes = (Date.parse(ends_at ?? '') - Date.parse(occurred_at ?? '')) / minute_ms;
    return [{ ...item, id, at: occurred_at ?? '', minutes }];
  }
  const items: MeetingItem[] = [];
  for (let day = starts_on; day <= (ends_on ?? starts_on) && items.length < 62; day = dayAfter(day))
    items.push({ ...item, id: day === starts_on ? id : `${id} ${day}`, at: day });
  return items;
}

function Shown({ calendars }: { calendars: readonly OwnCalendar[] }) {
  const search = useSearch({ from: '/shell/calendar' });
  const go = useNavigate();
  const may = useMay();
  const { user } = useSession();
  const accounts = useAccounts();
  const [dialog, setDialog] = useState<'calendars' | { from: string; to: string } | { day: string } | null>(null);
  const anchor = search.day ?? today();
  const span = search.span ?? 'week';
  const days = useMemo(() => daysOf(span, anchor, firstDayOf(activeLocale())), [span, anchor]);
  const zone = zoneOfReader();
  const list = useMeetings(startOf(days[0]!, zone), startOf(dayAfter(days.at(-1)!), zone));
  const opened = useMeeting(search.meeting);
  const show = (next: CalendarSearch) => void go({ to: '/calendar', search: { ...search, ...next } });
  const close = () => {
    const { meeting: _, ...rest } = search;
    void go({ to: '/calendar', search: rest });
  };
  const sources = accounts.data?.flatMap((account) => account.calendars) ?? [];
  const writable = calendars.filter(({ id }) => sources.some((one) => one.calendar_id === id && one.is_writable));
  const items = useMemo(() => {
    const toneOf = new Map(calendars.map(({ id, color }) => [id, tones[color] ?? 'neutral']));
    return (list.data ?? []).flatMap((meeting) => itemsOf(meeting, toneOf.get(meeting.calendar_id ?? '') ?? 'neutral'));
  }, [list.data, calendars]);
  const mayWrite = may('mailbox', 'update') && writable.length > 0;
  const add = (day: string, minutes?: number) => {
    if (minutes === undefined) return setDialog({ day });
    const from = new Date(Date.parse(startOf(day, zone)) + minutes * minute_ms);
    setDialog({ from: from.toISOString(), to: new Date(from.getTime() + new_minutes * minute_ms).toISOString() });
  };
  const create = mayWrite ? () => add(today(), nextHalfHour()) : null;
  useKey('c', create);

  const move = ({ meeting }: MeetingItem, at: string) =>
    void attempt(async () => {
      const took = Date.parse(meeting.ends_at ?? '') - Date.parse(meeting.occurred_at ?? '');
      const body = { starts_at: at, ends_at: new Date(Date.parse(at) + took).toISOString() };
      await changing.patch(`/meetings/${meeting.id}/event`, body, meeting.version).finally(refreshCalendars);
    });
  const isMovable = ({ meeting }: MeetingItem) =>
    mayWrite &&
    meeting.starts_on === null &&
    meeting.owner_id === user.id &&
    writable.some(({ id }) => id === meeting.calendar_id);
  const troubled = accounts.data?.find(({ problem }) => problem !== null);
  return (
    <>
      <PageBar
        title={<h1 className="truncate">{t('Calendar')}</h1>}
        actions={
          <>
            <Button icon={<Settings2 size={14} />} onClick={() => setDialog('calendars')}>
              <span className="max-sm:sr-only">{troubled ? t('Check the connection') : t('Calendars')}</span>
            </Button>
            {create && (
              <Button emphasis="primary" icon={<Plus size={14} />} onClick={create}>
                <span className="max-sm:sr-only">{t('New meeting')}</span>
              </Button>
            )}
          </>
        }
      />
      <CalendarBar span={span} anchor={anchor} onShow={(next) => show({ day: next.anchor, span: next.span })} />
      <Calendar
        label={t('Calendar')}
        span={span}
        anchor={anchor}
        items={items}
        loading={list.isPending}
        times="some"
        movable={isMovable}
        onMove={move}
        onOpen={({ meeting }) => show({ meeting: meeting.id })}
        {...(mayWrite && { onAdd: ({ day, minutes }: { day: string; minutes?: number }) => add(day, minutes) })}
        onShow={(next) => show({ day: next.anchor, span: next.span })}
      />
      {opened.data && search.meeting && <MeetingDialog meeting={opened.data} calendars={writable} onClose={close} />}
      {dialog === 'calendars' && <CalendarsDialog calendars={calendars} onClose={() => setDialog(null)} />}
      {dialog && dialog !== 'calendars' && (
        <MeetingForm calendars={writable} start={dialog} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

/** Minutes of today, by the clock of its reader. */
function nextHalfHour(): number {
  const since = (Date.now() - Date.parse(startOf(today(), zoneOfReader()))) / minute_ms;
  return Math.min(23 * 60, Math.ceil(since / new_minutes) * new_minutes);
}
