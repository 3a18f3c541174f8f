import { type KeyboardEvent, useRef, useState } from 'react';
import { QueryError } from '../../app/QueryError.tsx';
import { t } from '../../text/text.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import type { RecordDefinition } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { GroupRows } from './GroupRows.tsx';
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
}

const unfolded_at_first = 3;

/** Records under the values of a field. Up and down go through heads and rows, left and right fold and unfold. */
export default function RecordGroups({ definition, fields, by, filter, sort, openId, onOpen }: RecordGroupsProps) {
  const box = useRef<HTMLDivElement>(null);
  const groups = useGroups(definition, by, filter);
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(new Map());

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
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
    // biome-ignore lint/a11y/noStaticElementInteractions: takes the arrow keys of the heads and rows inside
    <div ref={box} className="min-h-0 flex-1 overflow-y-auto" onKeyDown={onKeyDown}>
      {found.length > 0 && (
        <div
          aria-hidden="true"
          className="sticky top-0 z-10 flex h-9 items-center gap-4 border-b border-line bg-surface px-4 text-12 font-medium text-muted max-md:hidden"
        >
          <span className="min-w-0 flex-2 ps-5">{t('Name')}</span>
          {fields.map(({ key, label }) => (
            <span key={key} className="min-w-0 flex-1 truncate">
              {label}
            </span>
          ))}
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
          />
        );
      })}
      {groups.data.more_groups && (
        <p className="p-4 text-center text-12 text-muted">{t('There are smaller groups still. Filter to see them.')}</p>
      )}
    </div>
  );
}
