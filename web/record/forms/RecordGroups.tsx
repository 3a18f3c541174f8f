import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { QueryError } from '../../app/QueryError.tsx';
import { t } from '../../text/text.ts';
import { cx } from '../../ui/cx.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { SelectionBar } from '../../ui/table/SelectionBar.tsx';
import { isAtEnd } from '../columns.tsx';
import type { RecordDefinition } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { GroupRows, groupColumns } from './GroupRows.tsx';
import { groupLabel, useGroups } from './groups.ts';

interface RecordGroupsProps {
  definition: RecordDefinition;
  /** Those shown of each record, beside its name. */
  fields: readonly FieldDef[];
  by: FieldDef;
  filter: Filter | null;
  sort: string | null;
  openId: string | null;
  onOpen: (record: { id: string }) => void;
  /** In the bar for what is selected. */
  selectionActions: (selection: { ids: string[]; all: boolean }, clear: () => void) => ReactNode;
}

const unfolded_at_first = 3;

/** Records under the values of a field. Up and down go through heads and rows, left and right fold and unfold. */
export default function RecordGroups(props: RecordGroupsProps) {
  const { definition, fields, by, filter, sort, openId, onOpen, selectionActions } = props;
  const box = useRef<HTMLDivElement>(null);
  const groups = useGroups(definition, by, filter);
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const { ids, toggle, clear } = useSelectedIds(JSON.stringify(filter));
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
  const found = groups.data.groups;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: takes the arrow keys of the heads and rows inside */}
      <div ref={box} className={cx('min-h-0 flex-1 overflow-y-auto', ids.size > 0 && 'pb-18')} onKeyDown={onKeyDown}>
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
        {found.length === 0 && <p className="p-6 text-center text-13 text-muted">{t('Nothing here')}</p>}
        {found.map((group, index) => {
          const id = group.value ?? '';
          const open = !(folded.get(id) ?? index >= unfolded_at_first);
          return (
            <GroupRows
              key={id}
              definition={definition}
              fields={fields}
              group={group}
              label={groupLabel(by, group)}
              filter={both(filter, group.filter)}
              sort={sort}
              open={open}
              onToggle={() => setFolded((kept) => new Map(kept).set(id, open))}
              openId={openId}
              onOpen={onOpen}
              selected={ids}
              onToggleRow={toggle}
            />
          );
        })}
        {groups.data.more_groups && (
          <p className="p-4 text-center text-12 text-muted">
            {t('There are smaller groups still. Filter to see them.')}
          </p>
        )}
      </div>
      <SelectionBar
        count={ids.size}
        all={false}
        onAll={clear}
        onClear={clear}
        onGone={() => box.current?.querySelector<HTMLElement>(`[data-row="${latest.current}"]`)?.focus()}
      >
        {selectionActions({ ids: [...ids], all: false }, clear)}
      </SelectionBar>
    </div>
  );
}

/** Rows of any group. `list` tells it from another: what is selected in one is not in the next. */
function useSelectedIds(list: string) {
  const none = { list, ids: new Set<string>() };
  const [kept, setKept] = useState(none);
  const { ids } = kept.list === list ? kept : none;
  return {
    ids: ids as ReadonlySet<string>,
    toggle: (id: string) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setKept({ list, ids: next });
    },
    clear: () => setKept(none),
  };
}
