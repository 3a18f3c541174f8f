import { useEffect, useMemo } from 'react';
import { attempt } from '../../app/attempt.ts';
import { replaceRow } from '../../app/lists.ts';
import { messageOf, requestIdOf } from '../../app/problem.ts';
import { useRecords } from '../../app/records.ts';
import { activeLocale } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Calendar } from '../../ui/calendar/Calendar.tsx';
import { type CalendarForm, daysInView, firstWeekday } from '../../ui/calendar/calendar.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import type { RecordDefinition } from '../definition.ts';
import { type AnyRecord, type FieldDef, readField } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { saveField } from '../saveField.ts';
import { dayOf, onDay, onDays } from './day.ts';

const records_max = 1_000;
const page_rows = 200;

interface RecordCalendarProps {
  definition: RecordDefinition;
  /** The field that gives each record its day. */
  by: FieldDef;
  filter: Filter | null;
  day: string;
  span: CalendarForm;
  onShow: (day: string, span: CalendarForm) => void;
  onOpen: (record: { id: string }) => void;
  mayEdit: (record: AnyRecord) => boolean;
  onCreate?: (day: string) => void;
}

/** Records on the days that one of their fields says; dragged to another day, the field changes. */
export default function RecordCalendar(props: RecordCalendarProps) {
  const { definition, by, filter, day, span, onShow } = props;
  const days = useMemo(() => daysInView(day, span, firstWeekday(activeLocale())), [day, span]);
  const list = useRecords<AnyRecord>(definition.resource, {
    filter: both(filter, onDays(by, days)),
    sort: by.sortable ? by.key : null,
    limit: page_rows,
  });
  const more = list.hasNextPage && !list.isFetchingNextPage && list.rows.length < records_max;
  const { fetchNextPage } = list;
  useEffect(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);

  const items = useMemo(
    () =>
      list.rows.flatMap((record) => {
        const value = readField(record, by) as string | null;
        return value ? [{ id: record.id, day: dayOf(value), order: value, record }] : [];
      }),
    [list.rows, by],
  );

  async function move(record: AnyRecord, to: string) {
    const value = onDay(readField(record, by) as string, to);
    replaceRow(definition.resource, withValue(record, by, value));
    const saved = await attempt(() => saveField(definition.resource, record, by, value));
    if (!saved) replaceRow(definition.resource, record);
  }

  if (list.isError && list.rows.length === 0) {
    return (
      <ErrorState
        title={t('The list could not be read')}
        detail={messageOf(list.error)}
        reference={requestIdOf(list.error)}
        onRetry={() => void list.refetch()}
      />
    );
  }
  const { onCreate } = props;
  return (
    <>
      {list.hasNextPage && list.rows.length >= records_max && (
        <Banner meaning="info">
          {t('The first {count, number} are shown. Filter, or show a week, to see the others.', { count: records_max })}
        </Banner>
      )}
      <Calendar
        label={t('By {field}', { field: by.label })}
        day={day}
        form={span}
        days={days}
        onShow={onShow}
        items={items}
        itemLabel={({ record }) => String(record.name ?? t('Unnamed'))}
        renderItem={({ record }) => <bdi className="truncate">{String(record.name ?? t('Unnamed'))}</bdi>}
        movable={({ record }) => !by.readOnly && props.mayEdit(record)}
        onMove={({ record }, to) => void move(record, to)}
        onOpen={({ record }) => props.onOpen(record)}
        create={onCreate && !by.readOnly ? { label: t('New'), onCreate } : undefined}
      />
    </>
  );
}

function withValue(record: AnyRecord, field: FieldDef, value: unknown): AnyRecord {
  if (!field.key.startsWith('custom.')) return { ...record, [field.key]: value };
  return { ...record, custom: { ...record.custom, [field.key.slice('custom.'.length)]: value } };
}
