import { ChevronRight } from 'lucide-react';
import { useCallback, useId } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { cx } from '../../../ui/cx.ts';
import { isBrowsers } from '../../../ui/keys.ts';
import { useNarrow } from '../../../ui/media.ts';
import { PersonName } from '../../../ui/PersonName.tsx';
import { Skeleton } from '../../../ui/Skeleton.tsx';
import { NarrowButton } from '../../../ui/table/NarrowButton.tsx';
import { useRecords } from '../../query/records.ts';
import { isAtEnd } from '../columns.tsx';
import type { RecordDefinition } from '../definition.ts';
import { FieldValue } from '../FieldValue.tsx';
import type { AnyRecord, FieldDef } from '../field.ts';
import type { Filter } from '../filter/filter.ts';
import { NarrowRow } from '../NarrowRow.tsx';
import { NotRead } from '../RelatedList.tsx';
import { nameInList } from '../recordName.ts';
import { GroupSums } from './GroupSums.tsx';
import { type Group, groupId } from './groups.ts';
import { useOrder } from './useOrder.ts';

interface GroupRowsProps {
  definition: RecordDefinition;
  fields: readonly FieldDef[];
  group: Group;
  label: string;
  /** Of its rows. */
  filter: Filter | null;
  sort: string | null;
  /** Its sums in several currencies stand as one. */
  converted: boolean;
  open: boolean;
  onToggle: () => void;
  openId: string | null;
  onOpen: (record: { id: string }) => void;
  /** Told the ids of the rows that were read. */
  onRows: (group: string, ids: readonly string[]) => void;
  selectable: boolean;
  /** On a phone a tap selects a row instead of opening it. */
  selecting: boolean;
  isSelected: (id: string) => boolean;
  /** `extend`: with all up to the one before. */
  onToggleRow: (id: string, extend: boolean) => void;
}

/** The heads above all groups and the rows in them stand in the same columns; a box goes before these. */
export const groupColumns = 'flex items-center gap-4 px-4 md:ps-1.5';

/** The head of a group, and under it its rows as far as one has asked for them. */
export function GroupRows(props: GroupRowsProps) {
  const { definition, fields, group, label, filter, sort, converted, open, onToggle, openId, onOpen } = props;
  const { onRows, selectable, selecting, isSelected, onToggleRow } = props;
  const list = useRecords<AnyRecord>(definition.resource, { filter, sort, enabled: open });
  const id = groupId(group);
  useOrder(
    list.rows.map((record) => record.id),
    useCallback((ids) => onRows(id, ids), [onRows, id]),
  );
  const rows = useId();
  const narrow = useNarrow();
  return (
    <section aria-label={label}>
      <h2 className="sticky top-0 z-10 border-b md:top-9 border-line bg-sunken">
        <button
          type="button"
          data-group-stop=""
          aria-expanded={open}
          aria-controls={rows}
          onClick={onToggle}
          onKeyDown={(event) => {
            if (isBrowsers(event)) return;
            const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
            const fold = event.key === (forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight');
            if ((event.key === forward && !open) || (fold && open)) onToggle();
          }}
          className="flex h-9 w-full items-center gap-2 px-3 text-13 pointer-coarse:h-11 md:px-4"
        >
          <ChevronRight size={14} className={cx('shrink-0 text-muted', open ? 'rotate-90' : 'rtl:rotate-180')} />
          <bdi className="truncate font-medium">{label}</bdi>
          <span className="ms-auto flex shrink-0 gap-4 text-12 font-normal text-muted">
            <GroupSums definition={definition} group={group} filter={filter} converted={converted} />
          </span>
        </button>
      </h2>
      <ul id={rows} hidden={!open}>
        {open && list.isPending && (
          <li className="border-b border-line px-4 py-3">
            <Skeleton className="w-1/3" />
          </li>
        )}
        {open &&
          list.rows.map((record) => {
            const name = nameInList(definition, record);
            const selected = isSelected(record.id);
            if (narrow)
              return (
                <li key={record.id}>
                  <NarrowButton
                    checked={selecting ? selected : null}
                    onClick={() => (selecting ? onToggleRow(record.id, false) : onOpen(record))}
                    data-group-stop=""
                    data-row={record.id}
                    aria-current={record.id === openId ? 'true' : undefined}
                  >
                    <NarrowRow definition={definition} record={record} />
                  </NarrowButton>
                </li>
              );
            return (
              <li key={record.id} className={cx('flex border-b border-line', selected && 'bg-accent-soft')}>
                {selectable ? (
                  // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
                  <label className="flex items-center ps-4 pe-1.5">
                    <Checkbox
                      label={t('Select {name}', { name })}
                      checked={selected}
                      onChange={(_, extend) => onToggleRow(record.id, extend)}
                      className={cx(!selected && 'border-line-strong')}
                    />
                  </label>
                ) : (
                  <span className="w-9.5 shrink-0" />
                )}
                <button
                  type="button"
                  data-group-stop=""
                  data-row={record.id}
                  aria-current={record.id === openId ? 'true' : undefined}
                  onClick={() => onOpen(record)}
                  onKeyDown={({ key, shiftKey, ctrlKey, metaKey }) => {
                    if (selectable && key.toLowerCase() === 'x' && !ctrlKey && !metaKey)
                      onToggleRow(record.id, shiftKey);
                  }}
                  className={cx(
                    groupColumns,
                    'min-h-9 min-w-0 flex-1 py-1 text-start text-13 hover:bg-hover aria-[current]:bg-accent-soft pointer-coarse:min-h-11',
                  )}
                >
                  <span className="min-w-0 flex-2">
                    <PersonName name={name} square={definition.square} />
                  </span>
                  {fields.map((field) => (
                    <span key={field.key} className={cx('flex min-w-0 flex-1', isAtEnd(field) && 'justify-end')}>
                      <FieldValue field={field} record={record} />
                    </span>
                  ))}
                </button>
              </li>
            );
          })}
        {open && list.isError && (list.rows.length === 0 || list.isFetchNextPageError) && (
          <li className="border-b border-line px-4 py-2">
            <NotRead />
          </li>
        )}
        {open && list.hasNextPage && (
          <li className="border-b border-line px-4 py-2">
            <Button size="small" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('Show more')}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}
