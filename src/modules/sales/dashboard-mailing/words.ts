import type { MoneyAmount } from '../../../kernel/contract/fields.ts';
import type { MailTable } from '../../../kernel/mail/template.ts';
import type { MailWords } from '../../../kernel/mail/words.ts';
import { csvLine, utf8_mark } from '../../../platform/csv/index.ts';
import { areSeveralPeriods } from '../dashboard/index.ts';
import type { Grouping, TileFigure } from '../figures/contract.ts';
import { type Cell, periodsInRoom, type TileRow, unitOf } from '../tile-rows/contract.ts';
import type { MailedTile } from './queries.ts';

/** More of them stand in the attachment. */
const rows_shown_max = 15;

export interface Figures {
  tile: MailedTile;
  days: { from: string | null; to: string | null };
  today: string;
  /** The name of the field by which it is grouped. */
  field: string | null;
  lacksField: boolean;
  rows: TileRow[];
  /** What has no rate and is in no row. */
  without: readonly MoneyAmount[];
}

const figureNames = {
  open_value: (t) => t('Open value'),
  open_count: (t) => t('Open deals'),
  weighted_value: (t) => t('Weighted forecast'),
  won_value: (t) => t('Won value'),
  won_count: (t) => t('Won deals'),
  lost_value: (t) => t('Lost value'),
  lost_count: (t) => t('Lost deals'),
  win_rate: (t) => t('Win rate'),
  cycle_days: (t) => t('Days to win'),
  conversion: (t) => t('Conversion'),
  activities: (t) => t('Activity'),
  calls: (t) => t('Calls'),
  meetings: (t) => t('Meetings'),
  emails: (t) => t('E-mails'),
  notes: (t) => t('Notes'),
  tasks_done: (t) => t('Tasks done'),
  contacts: (t) => t('Contacts'),
  companies: (t) => t('Companies'),
} satisfies Record<TileFigure, (t: MailWords) => string>;

const groupingNames = {
  none: (t) => t('All together'),
  owner: (t) => t('By owner'),
  team: (t) => t('By team'),
  product: (t) => t('By product'),
  region: (t) => t('By region'),
  source: (t) => t('By source'),
  custom: (t) => t('By custom field'),
  stage: (t) => t('By stage'),
  period: (t) => t('By period'),
} satisfies Record<Grouping, (t: MailWords) => string>;

const isNow: ReadonlySet<TileFigure> = new Set(['open_value', 'open_count', 'weighted_value', 'contacts', 'companies']);

export function tableOf(figures: Figures, t: MailWords): MailTable {
  const { tile, days, rows, field, without } = figures;
  const shown = shownRows(figures);
  const left = rows.length - shown.length;
  const title = tile.title ?? figureNames[tile.figure](t);
  const grouping =
    tile.grouping === 'custom' && field !== null ? t('By {field}', { field }) : groupingNames[tile.grouping](t);
  const about = tile.grouping === 'none' ? [] : [grouping];
  const empty = tile.grouping !== 'none' && rows.every(({ count }) => count === 0);
  return {
    title,
    note: [...about, isNow.has(tile.figure) ? t('now') : daysText(days, t)].join(' · '),
    rows: [
      ...(empty
        ? [
            [
              figures.lacksField
                ? t('Its custom field is retired, or not visible to you.')
                : t('No data in this period'),
              '',
            ] as const,
          ]
        : shown.map((row) => [nameOf(row, tile, t), valueText(row, tile.figure, t)] as const)),
      ...(!empty && left > 0
        ? [
            [
              t('{count, plural, one {# more stands} other {# more stand}} in the attached file', { count: left }),
              '',
            ] as const,
          ]
        : []),
      ...(without.length > 0 ? [[t('Not included, because a rate is missing'), moneys(without, t)] as const] : []),
    ],
  };
}

const shownRows = ({ tile, rows, today }: Figures): TileRow[] =>
  tile.grouping === 'period'
    ? periodsInRoom(rows, tile.figure, { today, room: rows_shown_max })
    : rows.slice(0, rows_shown_max);

function daysText({ from, to }: Figures['days'], t: MailWords): string {
  if (!from || !to) return t('all time');
  return new Intl.DateTimeFormat(t.locale, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
    new Date(from),
    new Date(to),
  );
}

function nameOf({ name, pipeline, days }: TileRow, { grouping, figure, period }: MailedTile, t: MailWords): string {
  if (name !== null) return pipeline === null ? name : t('{pipeline}: {stage}', { pipeline, stage: name });
  if (grouping === 'none') return figureNames[figure](t);
  // What lies far before or after the other periods is one row.
  if (days) return areSeveralPeriods(days, period) ? `${days.from} – ${days.to}` : days.from;
  return t('Without any');
}

function valueText(row: TileRow, figure: TileFigure, t: MailWords): string {
  const number = (value: number | string, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(t.locale, options).format(value as Intl.StringNumericLiteral);
  if (row.total) return moneys([row.total], t);
  if (row.value === null) return t('nothing yet');
  if (unitOf(figure) === 'percent') return number(row.value / 100, { style: 'percent', maximumFractionDigits: 1 });
  const value = number(row.value, { maximumFractionDigits: 1 });
  if (!row.advanced) return value;
  const share = Number(row.advanced.percent) / 100;
  return `${value} (${number(share, { style: 'percent', maximumFractionDigits: 1 })})`;
}

const moneys = (amounts: readonly MoneyAmount[], { locale }: MailWords): string =>
  new Intl.ListFormat(locale).format(
    amounts.map(({ amount, currency }) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount as Intl.StringNumericLiteral),
    ),
  );

/**
 * Every figure with all its rows; amounts as they are, those without a rate in lines of their own. Of a step of the
 * funnel, how many percent went on.
 */
export function csvOf(figures: readonly Figures[], t: MailWords): string {
  const head = [t('Figure'), t('Of'), t('Value'), t('Currency'), t('Records'), t('Conversion')];
  const lines = figures.flatMap(({ tile, rows }) =>
    rows.flatMap((row) =>
      values(row).map(([value, currency]) => [
        tile.title ?? figureNames[tile.figure](t),
        nameOf(row, tile, t),
        value,
        currency,
        String(row.count),
        row.advanced ? `${row.advanced.percent}%` : '',
      ]),
    ),
  );
  return `${utf8_mark}${[head, ...lines].map((cells) => csvLine(cells)).join('')}`;
}

const values = ({ total, value }: Cell): [string, string][] =>
  total
    ? [total, ...total.without_rate].map(({ amount, currency }) => [amount, currency])
    : [[value === null ? '' : String(value), '']];
