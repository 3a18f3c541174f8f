import { type KeyboardEvent, type ReactNode, useCallback, useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { useNarrow } from '../../../ui/media.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { SelectButton } from '../../../ui/table/SelectButton.tsx';
import { SelectionBar } from '../../../ui/table/SelectionBar.tsx';
import { QueryError } from '../../query/QueryError.tsx';
import { isAtEnd } from '../columns.tsx';
import type { RecordDefinition } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { GroupRows, groupColumns } from './GroupRows.tsx';
import { type Group, groupId, groupLabel, useGroups } from './groups.ts';
import { useOrder } from './useOrder.ts';

interface RecordGroupsProps {
  definition: RecordDefinition;
  /** Those shown of each record, beside its name. */
  fields: readonly FieldDef[];
  by: FieldDef;
  filter: Filter | null;
  sort: string | null;
  openId: string | null;
  onOpen: (record: { id: string }) => void;
  onOrder: (ids: readonly string[]) => void;
  /** In place of groups where there are none. */
  empty: ReactNode;
  /** In the bar for what is selected; without it nothing is. */
  selectionActions?: ((selection: { ids: string[]; all: boolean }, clear: () => void) => ReactNode) | undefined;
}

const unfolded_at_first = 3;
/**
 * Each takes a request, and there may be 200 groups: of those further down one sees the main currency and how many
 * others, until they are opened.
 */
const converted_at_first = 30;

/** Records under the values of a field. Up and down go through heads and rows, left and right fold and unfold. */
export default function RecordGroups(props: RecordGroupsProps) {
  const { definition, fields, by, filter, sort, openId, onOpen, onOrder, empty, selectionActions } = props;
  const box = useRef<HTMLDivElement>(null);
  const groups = useGroups(definition, by, filter);
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const narrow = useNarrow();
  const [selecting, setSelecting] = useState(false);
  const selectButton = useRef<HTMLButtonElement>(null);
  const found = groups.data?.groups ?? [];
  const isOpen = (group: Group, index: number) => !(folded.get(groupId(group)) ?? index >= unfolded_at_first);
  /** By the group that they were read for. */
  const [rows, setRows] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const onRows = useCallback(
    (group: string, ids: readonly string[]) => setRows((kept) => new Map(kept).set(group, ids)),
    [],
  );
  const shown = found.filter(isOpen).flatMap((group) => rows.get(groupId(group)) ?? []);
  useOrder(shown, onOrder);
  const selection = useSelectedIds(JSON.stringify(filter), shown);
  const { ids, whole, clear } = selection;
  const latest = useRef<string | undefined>(undefined);
  latest.current = [...ids].at(-1) ?? latest.current;

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.key === 'Escape' && ids.size > 0) {
      event.preventDefault();
      clear();
      return;
    }
    const stops = [...(box.current?.querySelectorAll<HTMLElement>('[data-group-stop]') ?? [])];
    const at = stops.indexOf(event.target as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    stops[at + step]?.focus();
  }

  if (groups.isPending) return <SkeletonRows label={t('Loading')} />;
  if (groups.isError && !groups.data) {
    return <QueryError title={t('The list could not be read')} query={groups} />;
  }
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const stop = () => {
    clear();
    setSelecting(false);
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: takes the arrow keys of the heads and rows inside */}
      <div
        ref={box}
        className={cx('min-h-0 flex-1 overflow-y-auto', ids.size > 0 && 'pb-18 max-md:pb-48')}
        onKeyDown={onKeyDown}
      >
        {found.length > 0 && (
          <div
            aria-hidden="true"
            className="sticky top-0 z-10 flex h-9 border-b border-line bg-surface ps-9.5 text-12 font-medium text-muted max-md:hidden"
          >
            <span className={cx(groupColumns, 'min-w-0 flex-1')}>
              <span className="min-w-0 flex-2">{t('Name')}</span>
              {fields.map((field) => (
                <span key={field.key} className={cx('flex min-w-0 flex-1', isAtEnd(field) && 'justify-end')}>
                  <span className="truncate">{field.label}</span>
                </span>
              ))}
            </span>
          </div>
        )}
        {found.length === 0 && empty}
        {found.map((group, index) => {
          const id = groupId(group);
          const open = isOpen(group, index);
          return (
            <GroupRows
              key={id}
              definition={definition}
              fields={fields}
              group={group}
              label={groupLabel(by, group)}
              filter={both(filter, group.filter)}
              sort={sort}
              converted={open || index < converted_at_first}
              open={open}
              onToggle={() => setFolded((kept) => new Map(kept).set(id, open))}
              openId={openId}
              onOpen={onOpen}
              onRows={onRows}
              selectable={selectionActions !== undefined}
              selecting={selecting}
              isSelected={selection.has}
              onToggleRow={selection.toggle}
            />
          );
        })}
        {groups.data.more_groups && (
          <p className="p-4 text-center text-12 text-muted">
            {t('There are more, smaller groups. Filter to see them.')}
          </p>
        )}
      </div>
      {selectionActions && narrow && found.length > 0 && (
        <div className="flex min-h-11 shrink-0 items-center justify-end border-t border-line px-2">
          <SelectButton
            ref={selectButton}
            selecting={selecting}
            onClick={selecting ? stop : () => setSelecting(true)}
          />
        </div>
      )}
      {selectionActions && (
        <SelectionBar
          count={ids.size}
          all={whole}
          whole={{ total, exact: !groups.data.more_groups }}
          onAll={selection.selectAll}
          onClear={clear}
          onGone={() =>
            (selectButton.current ?? box.current?.querySelector<HTMLElement>(`[data-row="${latest.current}"]`))?.focus()
          }
        >
          {selectionActions({ ids: [...ids], all: whole }, stop)}
        </SelectionBar>
      )}
    </div>
  );
}

/**
 * Rows of any group. `list` tells it from another: what is selected in one is not in the next. `shown`: the rows that
 * are drawn, in their order.
 */
function useSelectedIds(list: string, shown: readonly string[]) {
  const none = { list, ids: new Set<string>(), whole: false, anchor: '' };
  const [kept, setKept] = useState(none);
  const { ids, whole, anchor } = kept.list === list ? kept : none;
  return {
    ids: ids as ReadonlySet<string>,
    /** Also what is in no group that is unfolded. */
    whole,
    has: (id: string) => whole || ids.has(id),
    toggle: (id: string, extend: boolean) => {
      const next = new Set(ids);
      if (extend) for (const each of stretch(shown, anchor, id)) next.add(each);
      // Of all there are one is taken out: what remains is what was chosen one by one.
      else if (!next.delete(id) && !whole) next.add(id);
      setKept({ list, ids: next, whole: false, anchor: id });
    },
    selectAll: () => setKept({ list, ids, whole: true, anchor }),
    clear: () => setKept(none),
  };
}

/** From one to another, whichever stands first; only the other when the one is not there. */
function stretch(ids: readonly string[], from: string, to: string): string[] {
  const [end, start] = [ids.indexOf(to), ids.indexOf(from)];
  return start < 0 ? [to] : ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}
