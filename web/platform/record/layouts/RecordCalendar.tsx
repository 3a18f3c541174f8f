import { useMemo } from 'react';
import { activeLocale } from '../../../text/locale.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Calendar } from '../../../ui/calendar/Calendar.tsx';
import { CalendarBar } from '../../../ui/calendar/CalendarBar.tsx';
import { daysOf, firstDayOf } from '../../../ui/calendar/days.ts';
import { byTime } from '../../../ui/calendar/item.ts';
import type { Span } from '../../../ui/calendar/span.ts';
import { QueryError } from '../../query/QueryError.tsx';
import { useAllRecords } from '../../query/records.ts';
import type { RecordDefinition } from '../definition.ts';
import { type AnyRecord, type FieldDef, readField } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { nameInList } from '../recordName.ts';
import { saveField } from '../saveField.ts';
import { onDays } from './day.ts';
import { useMoves } from './useMoves.ts';
import { useOrder } from './useOrder.ts';

const records_max = 1_000;

interface RecordCalendarProps {
  definition: RecordDefinition;
  /** The field that gives each record its day. */
  by: FieldDef;
  filter: Filter | null;
  day: string;
  span: Span;
  onShow: (day: string, span: Span) => void;
  onOpen: (record: { id: string }) => void;
  onOrder: (ids: readonly string[]) => void;
  mayEdit: (record: AnyRecord) => boolean;
  onCreate?: (day: string) => void;
}

/** Records on the days that one of their fields says; dragged to another day, the field changes. */
export default function RecordCalendar(props: RecordCalendarProps) {
  const { definition, by, filter, day, span, onShow } = props;
  const days = useMemo(() => daysOf(span, day, firstDayOf(activeLocale())), [day, span]);
  const list = useAllRecords<AnyRecord>(definition.resource, records_max, {
    filter: both(filter, onDays(by, days)),
    sort: by.sortable ? by.key : null,
  });
  const { move, moves } = useMoves<AnyRecord>((record, at) => saveField(definition.resource, record, by, at));
  const items = useMemo(
    () =>
      list.rows.flatMap((record) => {
        const at = moves.get(record.id)?.at ?? (readField(record, by) as string | null);
        return at ? [{ id: record.id, at, title: nameInList(definition, record), record }] : [];
      }),
    [list.rows, moves, by, definition],
  );
  useOrder(
    items.toSorted(byTime).map(({ id }) => id),
    props.onOrder,
  );

  if (list.isError && list.rows.length === 0) {
    return <QueryError title={t('The list could not be read')} query={list} />;
  }
  const { onCreate } = props;
  const show = (shown: { span: Span; anchor: string }) => onShow(shown.anchor, shown.span);
  return (
    <>
      {list.isFetchNextPageError && (
        <Banner
          meaning="bad"
          action={
            <Button size="small" busy={list.isFetching} onClick={() => void list.refetch()}>
              {t('Try again')}
            </Button>
          }
        >
          {t('Part of this could not be loaded and is missing here.')}
        </Banner>
      )}
      {list.isCut && (
        <Banner meaning="info">
          {t('The first {count, number} are shown. Filter, or show a week, to see the others.', { count: records_max })}
        </Banner>
      )}
      <CalendarBar span={span} anchor={day} onShow={show} />
      <Calendar
        label={t('By {field}', { field: by.label })}
        span={span}
        anchor={day}
        times={by.kind === 'time' ? 'all' : 'none'}
        onShow={show}
        items={items}
        loading={list.isPending}
        movable={({ record }) => !by.readOnly && props.mayEdit(record)}
        onMove={({ record }, at) => void move(record, at)}
        onOpen={({ record }) => props.onOpen(record)}
        onAdd={onCreate && !by.readOnly ? ({ day: on }) => onCreate(on) : undefined}
      />
    </>
  );
}
