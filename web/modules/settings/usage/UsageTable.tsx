import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { csvOf, saveCsvFile } from '../../../ui/csv.ts';
import { cx } from '../../../ui/cx.ts';

export interface UsageColumn<T> {
  key: string;
  label: string;
  /** The value to sort by and to export. */
  value: (row: T) => string | number;
  /** What the table shows, if not the value itself. */
  show?: (row: T) => ReactNode;
  numeric?: boolean;
  /** There is no room for it on a phone. */
  wide?: boolean;
}

interface UsageTableProps<T> {
  title: string;
  description?: string;
  file: string;
  columns: readonly UsageColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** When there are no rows. */
  nothing: string;
}

const rows_shown = 10;

/** Figures to be sorted by any column and taken along as a file. */
export function UsageTable<T>({ title, description, file, columns, rows, rowKey, nothing }: UsageTableProps<T>) {
  const [sort, setSort] = useState<{ key: string; down: boolean } | null>(null);
  const [all, setAll] = useState(false);
  const column = columns.find(({ key }) => key === sort?.key);
  const sorted = column ? [...rows].sort((a, b) => compare(column.value(a), column.value(b), sort!.down)) : rows;
  const shown = all ? sorted : sorted.slice(0, rows_shown);
  const save = () =>
    saveCsvFile(
      file,
      csvOf([
        columns.map(({ label }) => label),
        ...sorted.map((row) => columns.map(({ value }) => String(value(row)))),
      ]),
    );
  return (
    <section aria-label={title} className="mb-8">
      <div className="mb-2 flex items-end justify-between gap-3">
        <div>
          <h3 className="text-14">{title}</h3>
          {description && <p className="text-12 text-muted">{description}</p>}
        </div>
        {rows.length > 0 && (
          <Button
            size="small"
            emphasis="quiet"
            icon={<Download size={14} />}
            aria-label={t('{title} as CSV', { title })}
            onClick={save}
          >
            CSV
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="rounded-lg border border-line px-4 py-3 text-13 text-muted">{nothing}</p>
      ) : (
        <div className="overflow-x-auto rounded-lg border border-line">
          <table className="w-full text-13">
            <thead>
              <tr className="border-b border-line text-12 text-muted">
                {columns.map(({ key, label, numeric, wide }) => (
                  <th
                    key={key}
                    scope="col"
                    aria-sort={sort?.key === key ? (sort.down ? 'descending' : 'ascending') : undefined}
                    className={cx('font-medium', numeric ? 'text-end' : 'text-start', wide && 'max-md:hidden')}
                  >
                    <button
                      type="button"
                      className="inline-flex min-h-8 items-center gap-1 px-3 hover:text-ink"
                      onClick={() => setSort({ key, down: sort?.key === key ? !sort.down : numeric === true })}
                    >
                      {label}
                      {sort?.key === key && (sort.down ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {shown.map((row) => (
                <tr key={rowKey(row)}>
                  {columns.map(({ key, value, show, numeric, wide }) => (
                    <td
                      key={key}
                      className={cx(
                        'px-3 py-2',
                        numeric ? 'text-end whitespace-nowrap tabular-nums' : 'wrap-anywhere',
                        wide && 'max-md:hidden',
                      )}
                    >
                      {show ? show(row) : value(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {sorted.length > rows_shown && (
        <Button size="small" emphasis="quiet" className="mt-1" onClick={() => setAll(!all)}>
          {all ? t('Show fewer') : t('Show all {count, number}', { count: sorted.length })}
        </Button>
      )}
    </section>
  );
}

function compare(a: string | number, b: string | number, down: boolean): number {
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return down ? -order : order;
}
