import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Board } from '../../ui/board/Board.tsx';
import type { BoardColumn, Move } from '../../ui/board/board.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Input } from '../../ui/Input.tsx';
import { MoneyText } from '../../ui/MoneyText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { CellMessage } from '../../ui/table/CellMessage.tsx';
import type { Column, Sort } from '../../ui/table/column.ts';
import { DataTable } from '../../ui/table/DataTable.tsx';
import { CalendarParts } from './CalendarParts.tsx';
import { Part, PartGroup, State } from './Part.tsx';
import { long_name, rows, type SampleRow } from './samples.ts';

const table_parts =
  'BodyRow BodyCell HeadCells HeaderCell ColumnsMenu SelectionBar NarrowList NarrowButton SelectButton LoadingRows AwaitedRow OnPaper'.split(
    ' ',
  );
const beginning = { before: 0, length: 5, show: () => {} };

const columns = (): Column<SampleRow>[] => [
  {
    id: 'name',
    header: t('Name'),
    width: 240,
    sortKey: 'name',
    cell: ({ name }) => <PersonName name={name} square />,
  },
  {
    id: 'city',
    header: t('City'),
    width: 160,
    cell: ({ city }) => city ?? '',
    edit: ({ city }, { done }) => (
      <Input aria-label={t('City')} autoFocus defaultValue={city ?? ''} onBlur={() => done('away')} />
    ),
  },
  {
    id: 'amount',
    header: t('Amount'),
    width: 160,
    align: 'end',
    sortKey: 'amount',
    cell: ({ amount }) => <MoneyText amount={amount} currency="EUR" />,
  },
];

export function DataParts() {
  return (
    <PartGroup title={t('Data')}>
      <Part name="DataTable" within={table_parts}>
        <State label={t('With rows that can be selected and edited')} wide>
          <Table label={t('Table with rows')} rows={rows} />
        </State>
        <State label={t('Loading')} wide>
          <Table label={t('Table that loads')} rows={[]} loading />
        </State>
        <State label={t('With rows that are on their way')} wide>
          <Table label={t('Table that goes on')} rows={rows.slice(0, 2)} part={beginning} />
        </State>
        <State label={t('Empty')} wide>
          <Table label={t('Empty table')} rows={[]} />
        </State>
      </Part>
      <Part name="CellMessage">
        <State label={t('On its way')}>
          <p className="flex text-13">
            <CellMessage note={{ text: 'Köln', reason: null, draft: undefined }} shown={false} />
          </p>
        </State>
        <State label={t('Refused, with the reason')}>
          <p className="relative mb-8 flex text-13">
            <CellMessage note={{ text: 'Atlantis', reason: t('No city has this name'), draft: undefined }} shown />
          </p>
        </State>
      </Part>
      <Boards />
      <CalendarParts />
    </PartGroup>
  );
}

function Table(props: { label: string; rows: SampleRow[]; part?: typeof beginning; loading?: boolean }) {
  const [sort, setSort] = useState<Sort[]>([{ key: 'name', descending: false }]);
  return (
    <div className="relative flex h-64 flex-col overflow-hidden rounded-lg border border-line">
      <DataTable
        label={props.label}
        layoutKey="design"
        columns={columns()}
        rows={props.rows}
        part={props.part}
        rowLabel={({ name }) => name}
        loading={props.loading ?? false}
        sort={sort}
        onSort={setSort}
        openId={null}
        onOpen={() => {}}
        selectionActions={(_, clear) => (
          <Button size="small" onClick={() => clear()}>
            {t('Edit')}
          </Button>
        )}
        empty={<EmptyState title={t('Nothing here yet')} />}
        renderNarrow={({ name }) => <PersonName name={name} square />}
      />
    </div>
  );
}

function Boards() {
  const [placed, setPlaced] = useState<Record<string, string>>({ 1: 'first', 2: 'first', 3: 'second' });
  const lane = (id: string, title: string, loading = false): BoardColumn<SampleRow> => {
    const cards = rows.filter((row) => placed[row.id] === id);
    return { id, title, summary: String(cards.length), cards, loading, hasMore: false, onMore: () => {} };
  };
  return (
    <Part name="Board" within={['BoardLane', 'BoardCard']}>
      <State label={t('With cards, long text, empty, loading')} wide>
        <div className="flex h-80 overflow-hidden rounded-lg border border-line">
          <Board
            label={t('Example board')}
            columns={[
              lane('first', t('First')),
              lane('second', long_name),
              lane('third', t('Empty')),
              lane('fourth', t('Loading'), true),
            ]}
            cardLabel={({ name }) => name}
            renderCard={({ name }) => <PersonName name={name} square />}
            movable={() => true}
            onMove={({ card, columnId }: Move<SampleRow>) => setPlaced((kept) => ({ ...kept, [card.id]: columnId }))}
            onOpen={() => {}}
            openId={null}
          />
        </div>
      </State>
    </Part>
  );
}
