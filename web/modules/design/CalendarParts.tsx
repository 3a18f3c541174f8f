import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Calendar } from '../../ui/calendar/Calendar.tsx';
import type { CalendarItem } from '../../ui/calendar/item.ts';
import type { Span } from '../../ui/calendar/span.ts';
import { Part, State } from './Part.tsx';
import { long_name, person, rtl_name } from './samples.ts';

const calendar_parts = [
  'CalendarBar',
  'ItemButton',
  'MonthGrid',
  'MoreButton',
  'NarrowCalendar',
  'Segments',
  'WeekGrid',
  'WeekdayHeads',
];
const some: CalendarItem[] = [
  { id: '1', title: person, at: '2026-01-05' },
  { id: '2', title: long_name, at: '2026-01-07T09:00:00Z' },
  { id: '3', title: rtl_name, at: '2026-01-07T10:30:00Z' },
];

export function CalendarParts() {
  return (
    <Part name="Calendar" within={calendar_parts}>
      <State label={t('A month, with long text')} wide>
        <Sheet label={t('Example month')} span="month" />
      </State>
      <State label={t('A week')} wide>
        <Sheet label={t('Example week')} span="week" />
      </State>
    </Part>
  );
}

function Sheet({ label, span }: { label: string; span: Span }) {
  const [items, setItems] = useState(some);
  const [shown, setShown] = useState({ span, anchor: '2026-01-05' });
  return (
    <div className="flex h-[32rem] flex-col overflow-hidden rounded-lg border border-line">
      <Calendar
        label={label}
        {...shown}
        times="some"
        items={items}
        movable={() => true}
        onMove={({ id }, at) => setItems((kept) => kept.map((item) => (item.id === id ? { ...item, at } : item)))}
        onOpen={() => {}}
        onShow={setShown}
      />
    </div>
  );
}
