import { Check, ListChecks, Undo2 } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useCallback, useMemo, useState } from 'react';
import { T } from '../../../../text/T.tsx';
import { t, translateServerText } from '../../../../text/text.ts';
import { Button } from '../../../../ui/Button.tsx';
import { cx } from '../../../../ui/cx.ts';
import { formatNumber } from '../../../../ui/format.ts';
import { IconButton } from '../../../../ui/IconButton.tsx';
import { useNarrow } from '../../../../ui/media.ts';
import { Select } from '../../../../ui/Select.tsx';
import type { CellWrite, Sheet } from '../../../../ui/table/column.ts';
import { DataTable } from '../../../../ui/table/DataTable.tsx';
import type { ImportFile, ImportProblem } from '../import.ts';
import { FixListDialog } from './FixListDialog.tsx';
import { FixRowDialog } from './FixRowDialog.tsx';
import { type Fix, type FixRow, isWhole, type Only, original, useFixRows } from './fixes.ts';
import { columnAt, columnsFor, notesOf, row_column } from './gridColumns.tsx';
import { useFixing } from './useFixing.ts';

interface FixGridProps {
  importId: string;
  file: ImportFile;
  problems: readonly Pick<ImportProblem, 'column'>[];
}

/** The rows of a file that something is wrong with or to note, to be put right where they stand. */
export function FixGrid({ importId, file, problems }: FixGridProps) {
  const [only, setOnly] = useState<Only>('problems');
  const [opened, setOpened] = useState<FixRow | null>(null);
  const [listing, setListing] = useState(false);
  const { rows, total, isFetching, isPending, hasNextPage, fetchNextPage } = useFixRows(importId, file.id, only);
  const fixing = useFixing(importId, file.id);
  const { make, everywhere, pending } = fixing;
  const names = useMemo(() => file.columns.map(({ name }) => name), [file.columns]);
  const mapped = useMemo(() => file.columns.filter(({ field }) => field).map(({ name }) => name), [file.columns]);
  // What is wrong comes first, and stays where it is while it is put right.
  const [wrong] = useState(() => new Set(problems.map(({ column }) => column)));
  const shown = useMemo(
    () => [...mapped.filter((name) => wrong.has(name)), ...mapped.filter((name) => !wrong.has(name))],
    [mapped, wrong],
  );

  const write = useCallback(
    (cells: CellWrite<FixRow>[]) => {
      const fixes = cells.flatMap(({ row, column, from }) => {
        const value = 'text' in from ? from.text : String(from.value ?? '');
        const name = names[columnAt(column)];
        return column === row_column || name === undefined ? [] : [{ row, column: name, value }];
      });
      const [first] = fixes;
      const single =
        first && fixes.length === 1 && isWhole(first.row, names, first.column)
          ? { ...first, row: first.row.row, was: original(first.row, names, first.column) }
          : undefined;
      if (first)
        void make(
          fixes.map((fix) => ({ ...fix, row: fix.row.row })),
          single,
        );
    },
    [make, names],
  );
  const columns = useMemo(
    () =>
      columnsFor(shown, names, {
        onSave: (row, column, value, all) => {
          const fix = { row: row.row, column, value };
          const was = original(row, names, column);
          if (!isWhole(row, names, column)) void make([fix]);
          else void (all ? everywhere({ ...fix, was }) : make([fix], { ...fix, was }));
        },
        onOpen: setOpened,
      }),
    [shown, names, everywhere, make],
  );
  const sheet: Sheet<FixRow> = { write, notes: notesOf(rows, names, pending), forget: () => undefined };
  const leaveOut = (ids: readonly string[], left_out: boolean) =>
    make(rows.filter(({ id }) => ids.includes(id)).map(({ row }): Fix => ({ row, left_out })));

  const narrow = useNarrow();
  const hint = narrow
    ? t('Open a row to correct it. It is checked at once.')
    : t('Double-click a cell, or press Enter in it, to correct it. It is checked at once.');

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    void fixing.undo();
  }

  if (!isPending && total === 0 && only === 'problems' && fixing.undoable === 0) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: undo works wherever in it one is
    <div className="border-t border-line" onKeyDown={onKeyDown}>
      <div className="flex flex-wrap items-center gap-2 px-4 py-2">
        <Select
          label={t('Rows shown')}
          className="w-72!"
          options={[
            { value: 'problems', label: t('Only rows with problems or notes') },
            { value: 'all', label: t('All rows') },
          ]}
          value={only}
          onChange={(next) => setOnly(next as Only)}
        />
        <p role="status" className="min-w-0 flex-1 basis-40 text-12 text-muted max-sm:order-last max-sm:basis-full">
          {fixing.last ? <Said fix={fixing.last} onEverywhere={everywhere} /> : hint}
        </p>
        <Button size="small" emphasis="quiet" icon={<ListChecks size={14} />} onClick={() => setListing(true)}>
          {t('Corrections')}
        </Button>
        <IconButton
          label={t('Undo the last correction')}
          keys="mod+z"
          disabled={fixing.undoable === 0}
          onClick={() => void fixing.undo()}
        >
          <Undo2 size={14} />
        </IconButton>
      </div>
      <div
        className="flex h-[min(30rem,65dvh,var(--rows))] min-h-40 flex-col border-t border-line"
        style={{ '--rows': `${total * (narrow ? 5 : 2.25) + 7}rem` } as CSSProperties}
      >
        <DataTable
          label={t('Rows of {file}', { file: file.name })}
          layoutKey={null}
          columns={columns}
          rows={rows}
          rowLabel={({ row }) => t('Row {number}', { number: formatNumber(row) })}
          loading={isFetching}
          hasMore={hasNextPage}
          onMore={() => void fetchNextPage()}
          sort={[]}
          onSort={() => undefined}
          openId={null}
          onOpen={setOpened}
          sheet={sheet}
          selectionActions={({ ids }, clear) => (
            <>
              <Button size="small" emphasis="quiet" onClick={() => void leaveOut(ids, true).then(() => clear())}>
                {t('Leave out')}
              </Button>
              <Button size="small" emphasis="quiet" onClick={() => void leaveOut(ids, false).then(() => clear())}>
                {t('Import after all')}
              </Button>
            </>
          )}
          footer={t('{count, plural, one {# row} other {# rows}}', { count: total })}
          empty={
            <p className="flex items-center gap-2 p-6 text-13 text-muted">
              <Check size={16} />
              {t('No rows with problems or notes are left.')}
            </p>
          }
          renderNarrow={(row) => <NarrowFixRow row={row} />}
        />
      </div>
      {opened && (
        <FixRowDialog row={opened} columns={names} mapped={mapped} onSave={make} onClose={() => setOpened(null)} />
      )}
      {listing && <FixListDialog importId={importId} fileId={file.id} onClose={() => setListing(false)} />}
    </div>
  );
}

/** What was put right last, and the way to have it so wherever the same stands. */
function Said({
  fix,
  onEverywhere,
}: {
  fix: NonNullable<ReturnType<typeof useFixing>['last']>;
  onEverywhere: ReturnType<typeof useFixing>['everywhere'];
}) {
  const b = (words: unknown) => <bdi className="font-medium text-ink">{words as string}</bdi>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <span>
        <T
          text="Row {number}: <b>{was}</b> is now <b>{value}</b>"
          values={{ b, number: formatNumber(fix.row), was: fix.was || '—', value: fix.value || '—' }}
        />
      </span>
      <Button size="small" onClick={() => void onEverywhere(fix)}>
        {t('In all rows with “{text}”', { text: fix.was || '—' })}
      </Button>
    </span>
  );
}

function NarrowFixRow({ row }: { row: FixRow }) {
  const [problem] = row.problems;
  const tone =
    !problem || row.left_out ? 'text-muted' : problem.severity === 'warning' ? 'text-attention-ink' : 'text-bad-ink';
  return (
    <span className="min-w-0 flex-1">
      <span className="block truncate text-14 font-medium">
        {t('Row {number}', { number: formatNumber(row.row) })} ·{' '}
        <bdi>{row.cells.filter(Boolean).slice(0, 2).join(', ')}</bdi>
      </span>
      <span className={cx('line-clamp-3 text-12 wrap-anywhere', tone)}>
        {row.left_out ? t('Left out') : problem ? translateServerText(problem.message) : t('Corrected')}
      </span>
    </span>
  );
}
