import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Page } from '../../app/api.ts';
import { attempt } from '../../app/attempt.ts';
import { QueryError } from '../../app/QueryError.tsx';
import { queryClient } from '../../app/queryClient.ts';
import { pathOf } from '../../app/resources.ts';
import { t } from '../../text/text.ts';
import { Board } from '../../ui/board/Board.tsx';
import type { BoardColumn, Move } from '../../ui/board/board.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import type { RecordDefinition } from '../definition.ts';
import { FieldValue } from '../FieldValue.tsx';
import { type AnyRecord, type FieldDef, isBlank, readField } from '../field.ts';
import { both, type Filter } from '../filter/filter.ts';
import { nameInList } from '../recordName.ts';
import { saveField } from '../saveField.ts';
import { useTransitions } from '../useTransitions.tsx';
import { GroupSums } from './GroupSums.tsx';
import { type Group, groupLabel, groupValue, useGroups } from './groups.ts';

const cards_step = 30;
const cards_max = 200;

interface RecordBoardProps {
  definition: RecordDefinition;
  /** Whose values are the columns. */
  by: FieldDef;
  filter: Filter | null;
  sort: string | null;
  mayEdit: (record: AnyRecord) => boolean;
  onOpen: (record: { id: string }) => void;
}

/** Records in a column for each value of a field; dragged to another, the field changes. */
export default function RecordBoard({ definition, by, filter, sort, mayEdit, onOpen }: RecordBoardProps) {
  const { resource } = definition;
  const groups = useGroups(definition, by, filter);
  // To another state there are only the ways that its record type declares.
  const isState = by.key === definition.contract.states?.field;
  const transitions = useTransitions(definition);
  const [limits, setLimits] = useState<ReadonlyMap<string, number>>(new Map());
  const columns = columnsOf(by, groups.data?.groups ?? []);
  const lists = useQueries({
    queries: columns.map((group) => {
      const limit = limits.get(group.value ?? '') ?? cards_step;
      const wanted = both(filter, group.filter);
      return {
        queryKey: [resource, 'other', 'board', wanted, sort, limit],
        placeholderData: (before: Page<AnyRecord> | undefined) => before,
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          api.get<Page<AnyRecord>>(pathOf(resource), { filter: JSON.stringify(wanted), sort, limit }, signal),
      };
    }),
  });

  async function move({ card, columnId }: Move<AnyRecord>) {
    const group = columns.find(({ value }) => (value ?? '') === columnId);
    if (!group) return;
    if (isState) return transitions.moveTo(card, columnId);
    await attempt(() => saveField(resource, card, by, groupValue(by, group)));
    await queryClient.invalidateQueries({ queryKey: [resource] });
  }

  if (groups.isPending) return <SkeletonRows label={t('Loading')} />;
  if (groups.isError && !groups.data) {
    return <QueryError title={t('The list could not be read')} query={groups} />;
  }
  return (
    <>
      <Board
        label={t('By {field}', { field: by.label })}
        columns={columns.map((group, index): BoardColumn<AnyRecord> => {
          const id = group.value ?? '';
          const { data, isFetching } = lists[index] ?? {};
          const limit = limits.get(id) ?? cards_step;
          return {
            id,
            title: groupLabel(by, group),
            summary: <GroupSums definition={definition} group={group} />,
            cards: data?.data ?? [],
            loading: isFetching ?? false,
            hasMore: data?.next_cursor != null && limit < cards_max,
            onMore: () => setLimits((kept) => new Map(kept).set(id, Math.min(limit + cards_step, cards_max))),
          };
        })}
        cardLabel={(card) => nameInList(definition, card)}
        renderCard={(card) => <CardText definition={definition} record={card} by={by} />}
        movable={(card) => (isState ? transitions.waysOf(card).length > 0 : !by.readOnly && mayEdit(card))}
        onMove={(to) => void move(to)}
        onOpen={onOpen}
      />
      {transitions.dialog}
    </>
  );
}

/** Choices have a column each, empty ones too; of records, those there are. */
function columnsOf(by: FieldDef, groups: readonly Group[]): Group[] {
  const none = groups.find(({ value }) => value === null);
  const choices = by.kind === 'boolean' ? ['true', 'false'] : by.options?.map(({ value }) => value);
  if (by.kind === 'reference' || !choices) return [...groups];
  const chosen = choices.map(
    (value): Group =>
      groups.find((group) => group.value === value) ?? {
        value,
        name: null,
        count: 0,
        filter: { field: by.key, op: 'eq', value: by.kind === 'boolean' ? value === 'true' : value },
      },
  );
  return by.required || by.kind === 'boolean'
    ? chosen
    : [...chosen, none ?? { value: null, name: null, count: 0, filter: { field: by.key, op: 'is_empty' } }];
}

/** The name and the details of a narrow row that are filled, with what stands at its right. */
function CardText({ definition, record, by }: { definition: RecordDefinition; record: AnyRecord; by: FieldDef }) {
  const { narrow, fields } = definition;
  const details = [...narrow.details, narrow.standing]
    .flatMap((key) => fields.find((field) => field.key === key && field.key !== by.key) ?? [])
    .filter((field) => !isBlank(readField(record, field)))
    .slice(0, 3);
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
