import { useQueries } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Board } from '../../../ui/board/Board.tsx';
import type { BoardColumn, Move } from '../../../ui/board/board.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { rowsWithWaiting, waits } from '../../offline/overlay.ts';
import { useWaiting } from '../../offline/waiting.ts';
import type { Page } from '../../query/api.ts';
import { readNamedList } from '../../query/namedList.ts';
import { QueryError } from '../../query/QueryError.tsx';
import { queryClient } from '../../query/queryClient.ts';
import { pathOf } from '../../query/resources.ts';
import type { RecordDefinition } from '../definition.ts';
import { FieldValue } from '../FieldValue.tsx';
import { type AnyRecord, type FieldDef, isBlank, readField } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { NotRead } from '../RelatedList.tsx';
import { nameInList } from '../recordName.ts';
import { saveField } from '../saveField.ts';
import { useTransitions } from '../useTransitions.tsx';
import type { Values } from '../values.ts';
import { columnIdOf, columnsOf, placeCards } from './boardColumns.ts';
import { GroupSums } from './GroupSums.tsx';
import { groupId, groupLabel, groupValue, useGroups } from './groups.ts';
import { useMoves } from './useMoves.ts';
import { useOrder } from './useOrder.ts';

const cards_step = 30;
const cards_max = 200;
/** Beside the name. */
const details_max = 3;

interface RecordBoardProps {
  definition: RecordDefinition;
  /** Whose values are the columns. */
  by: FieldDef;
  filter: Filter | null;
  sort: string | null;
  mayEdit: (record: AnyRecord) => boolean;
  onOpen: (record: { id: string }) => void;
  openId: string | null;
  onOrder: (ids: readonly string[]) => void;
  /** Begins a new record with these values; absent for whoever may not. */
  onCreate: ((values: Values) => void) | undefined;
  /** In place of a board without columns. */
  empty: ReactNode;
}

/** Records in a column for each value of a field; dragged to another, the field changes. */
export default function RecordBoard({
  definition,
  by,
  filter,
  sort,
  mayEdit,
  onOpen,
  openId,
  onOrder,
  onCreate,
  empty,
}: RecordBoardProps) {
  const { resource } = definition;
  const groups = useGroups(definition, by, filter);
  // To another state there are only the ways that its record type declares.
  const isState = by.key === definition.contract.states?.field;
  const transitions = useTransitions(definition);
  const [limits, setLimits] = useState<ReadonlyMap<string, number>>(new Map());
  const columns = columnsOf(by, groups.data?.groups ?? []);
  const lists = useQueries({
    queries: columns.map((group) => {
      const limit = limits.get(groupId(group)) ?? cards_step;
      const wanted = both(filter, group.filter);
      return {
        // Not under the key of the board of deals, whose answers have another shape and are changed as cards move.
        queryKey: [resource, 'other', 'columns', wanted, sort, limit],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          readNamedList<AnyRecord>(pathOf(resource), { filter: JSON.stringify(wanted), sort, limit }, signal),
      };
    }),
  });

  // While more of a column is read, it shows what it had: without its cards it would jump back to its beginning.
  const list = JSON.stringify([by.key, filter, sort]);
  const shown = useRef({ list, pages: new Map<string, Page<AnyRecord>>() });
  if (shown.current.list !== list) shown.current = { list, pages: new Map() };
  const pages = columns.map((group, index) => {
    const page = lists[index]?.data ?? shown.current.pages.get(groupId(group));
    if (page) shown.current.pages.set(groupId(group), page);
    return page;
  });

  const { move, moves } = useMoves<AnyRecord>(async (card, to) => {
    const group = columns.find((column) => groupId(column) === to);
    if (!group) return card;
    let saved: AnyRecord | undefined;
    try {
      saved = await saveField(resource, card, by, groupValue(by, group));
      return saved;
    } finally {
      // Until the columns are read again, the card stands where it was put. What waits is laid over them as they were
      // read.
      if (!saved || !waits(saved, by.key)) await queryClient.invalidateQueries({ queryKey: [resource] });
    }
  });
  const waiting = useWaiting();
  const cards = placeCards(
    columns.map((group, index) => ({
      id: groupId(group),
      cards: rowsWithWaiting(pages[index]?.data ?? [], waiting, resource, both(filter, group.filter)),
    })),
    (card) => moves.get(card.id)?.at ?? columnIdOf(by, card),
  );
  useOrder(
    cards.flat().map(({ id }) => id),
    onOrder,
  );

  function onMove({ card, columnId: to }: Move<AnyRecord>) {
    if (isState) transitions.moveTo(card, to);
    else void move(card, to);
  }

  if (groups.isPending) return <SkeletonRows label={t('Loading')} />;
  if (groups.isError && !groups.data) {
    return <QueryError title={t('The list could not be read')} query={groups} />;
  }
  if (columns.length === 0) return empty;
  return (
    <>
      <Board
        label={t('By {field}', { field: by.label })}
        columns={columns.map((group, index): BoardColumn<AnyRecord> => {
          const id = groupId(group);
          const { isFetching, isError } = lists[index] ?? {};
          const data = pages[index];
          const limit = limits.get(id) ?? cards_step;
          return {
            id,
            title: groupLabel(by, group),
            summary: <GroupSums definition={definition} group={group} filter={both(filter, group.filter)} />,
            cards: cards[index] ?? [],
            loading: isFetching ?? false,
            hasMore: !isError && data?.next_cursor != null && limit < cards_max,
            note: isError ? (
              <NotRead />
            ) : (
              data?.next_cursor != null &&
              t('The first {count, number} are shown. Filter to see the others.', { count: cards_max })
            ),
            onMore: () => setLimits((kept) => new Map(kept).set(id, Math.min(limit + cards_step, cards_max))),
            onAdd:
              onCreate && !by.readOnly && !isState ? () => onCreate({ [by.key]: groupValue(by, group) }) : undefined,
          };
        })}
        cardLabel={(card) => nameInList(definition, card)}
        renderCard={(card) => <CardText definition={definition} record={card} by={by} />}
        movable={(card) => (isState ? transitions.waysOf(card).length > 0 : !by.readOnly && mayEdit(card))}
        onMove={onMove}
        onOpen={onOpen}
        openId={openId}
      />
      {transitions.dialog}
    </>
  );
}

/** What stands at the right of a narrow row comes last on a card, and never gives way to its other details. */
function CardText({ definition, record, by }: { definition: RecordDefinition; record: AnyRecord; by: FieldDef }) {
  const { narrow, fields } = definition;
  const filled = (keys: readonly string[]) =>
    keys
      .flatMap((key) => fields.find((field) => field.key === key && field.key !== by.key) ?? [])
      .filter((field) => !isBlank(readField(record, field)));
  const standing = filled([narrow.standing]);
  const details = [...filled(narrow.details).slice(0, details_max - standing.length), ...standing];
  return (
    <div className="flex flex-col gap-1">
      <span className="line-clamp-2 font-medium wrap-anywhere">
        <bdi>{nameInList(definition, record)}</bdi>
      </span>
      {details.map((field) => (
        <span key={field.key} className="flex min-w-0 text-12 text-muted">
          <FieldValue field={field} record={record} />
        </span>
      ))}
    </div>
  );
}
