import type { EChartsCoreOption } from 'echarts/core';
import { activityFigureKinds } from '../../../../src/modules/sales/figures/contract.ts';
import { periodsInRoom } from '../../../../src/modules/sales/tile-rows/contract.ts';
import { direction } from '../../../text/locale.ts';
import { t } from '../../../text/text.ts';
import type { Look } from '../../../ui/chart.ts';
import { formatNumber, isolated, today } from '../../../ui/format.ts';
import { type DataRow, type TileData, valueText } from './tileData.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels } from './words.ts';

/** More of them would be too thin to read; all stand in the table. */
const bars_max = { upright: 60, lying: 12 };
const direct_labels_max = 14;
/** What stands at the sides of upright bars, and a letter of a label. */
const sides_px = 96;
const letter_px = 6.6;
/** Names beside lying bars take at most so much, and leave the most of a narrow tile to the bars. */
const name_px = 208;
const name_share = 0.4;
/** A line of the legend, and what an entry has beside its word. */
const legend_line_px = 24;
const legend_mark_px = 25;

const partHues = ['--hue-5', '--hue-4', '--hue-6', '--hue-2', '--hue-3'];

/** The rows that a chart has room for. */
export function drawnRows({ rows }: TileData, { figure, grouping }: TileForm): DataRow[] {
  if (grouping === 'period') return periodsInRoom(rows, figure, { today: today(), room: bars_max.upright });
  return grouping === 'stage'
    ? rows
    : rows.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, bars_max.lying);
}

/**
 * Where bars that lie begin and end; their names stand beside the beginning. Time goes from left to right wherever it
 * is drawn.
 */
const lying =
  direction === 'rtl'
    ? { start: 'right', end: 'left', corners: [3, 0, 0, 3], below: [0, 3, 3, 0] }
    : { start: 'left', end: 'right', corners: [0, 3, 3, 0], below: [3, 0, 0, 3] };

/** Bars from zero, or a line; labelled where they stand. `target`: for each period. */
export function chartOptions(data: TileData, tile: TileForm, target: number | null, look: Look): EChartsCoreOption {
  const upright = tile.grouping === 'period';
  const rows = drawnRows(data, tile);
  const words = { color: look.color('--muted'), fontFamily: look.font, fontSize: 12 };
  const label_px = widestLabel(rows, data) + 8;
  const short = (value: number | null) => valueText(value, data.unit, data.currency, true);
  const names = {
    type: 'category',
    data: namesBeside(rows),
    inverse: !upright,
    position: upright ? 'bottom' : lying.start,
    // The last may be what has no date: it must not go without saying.
    axisLabel: upright
      ? // Clear of the lowest mark of the other axis, too.
        { ...words, hideOverlap: true, showMaxLabel: true, textMargin: [0, 6], margin: 14 }
      : { ...words, width: Math.min(name_px, look.width * name_share), overflow: 'truncate', formatter: isolated },
    axisLine: { lineStyle: { color: look.color('--line-strong') } },
    axisTick: { show: false },
  };
  const values = {
    type: 'value',
    inverse: !upright && lying.start === 'right',
    // Said in whole figures, the marks of less would be said twice.
    minInterval: 1,
    // Room for the line of the target.
    ...(target !== null && { max: ({ max }: { max: number }) => Math.max(max, target * 1.1) }),
    axisLabel: { ...words, formatter: short, hideOverlap: true, showMinLabel: upright },
    // Room for the labels of what is less than nothing, which stand before it.
    ...(!upright && rows.some(isBelow) && { boundaryGap: [roomOf(label_px, look), 0] }),
    splitLine: { lineStyle: { color: look.color('--line') } },
    show: upright,
  };
  return {
    animation: false,
    aria: { enabled: false },
    grid: {
      left: 0,
      right: upright ? 8 : 0,
      ...(!upright && { [lying.end]: label_px }),
      top: tile.figure === 'activities' ? 8 + legend_line_px * legendLines(look) : 20,
      // The tails of letters hang below the line that their height is measured from.
      bottom: 4,
      containLabel: true,
    },
    legend: {
      show: tile.figure === 'activities',
      top: 0,
      [lying.start]: 0,
      align: lying.start,
      itemWidth: 10,
      itemHeight: 10,
      textStyle: words,
    },
    xAxis: upright ? names : values,
    yAxis: upright ? values : names,
    // Drawn on the canvas: the policy allows no markup with styles of its own.
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      axisPointer: { type: tile.chart === 'line' ? 'line' : 'shadow', shadowStyle: { color: look.color('--hover') } },
      backgroundColor: look.color('--raised'),
      borderColor: look.color('--line'),
      textStyle: { ...words, color: look.color('--ink') },
      formatter: ([first]: { dataIndex: number }[]) => described(rows[first?.dataIndex ?? 0], data),
    },
    series: tile.figure === 'activities' ? stacked(rows, look) : [plain(rows, data, tile, target, look)],
  };
}

function plain(rows: DataRow[], data: TileData, tile: TileForm, target: number | null, look: Look) {
  const color = look.color('--accent');
  const upright = tile.grouping === 'period';
  const label = {
    show: !upright || hasRoom(rows, data, tile, look),
    position: upright ? 'top' : lying.end,
    color: look.color('--ink'),
    // Where the line goes through it, it stays readable.
    textBorderColor: look.color('--surface'),
    textBorderWidth: 3,
    minMargin: 6,
    fontFamily: look.font,
    fontSize: 12,
    formatter: ({ dataIndex }: { dataIndex: number }) => labelOf(rows[dataIndex]!, data),
  };
  return {
    type: tile.chart === 'line' ? 'line' : 'bar',
    name: figureLabels[tile.figure],
    data: rows.map((row) => ({
      value: row.value,
      itemStyle: {
        ...(upright && !row.days && { color: look.color('--line-strong') }),
        ...(isBelow(row) && { borderRadius: upright ? [0, 0, 3, 3] : lying.below }),
      },
      label: isBelow(row) ? { position: upright ? 'bottom' : lying.start } : {},
    })),
    barMaxWidth: upright ? 48 : 22,
    itemStyle: { color, borderRadius: upright ? [3, 3, 0, 0] : lying.corners },
    lineStyle: { color, width: 2 },
    symbolSize: 6,
    label,
    labelLayout: { hideOverlap: true },
    cursor: 'pointer',
    ...(target !== null && {
      markLine: {
        silent: true,
        symbol: 'none',
        lineStyle: { color: look.color('--attention-ink'), type: 'dashed', width: 1.5 },
        label: {
          position: 'insideStartTop',
          color: look.color('--attention-ink'),
          fontFamily: look.font,
          formatter: valueText(target, data.unit, data.currency, true),
        },
        data: [{ yAxis: target }],
      },
    }),
  };
}

/** Stages are told apart by their own names: what is cut off at the end is the pipeline. */
const namesBeside = (rows: DataRow[]): string[] =>
  rows.map(({ label, name, pipeline }) => {
    if (!name || !pipeline) return label;
    const isAlone = rows.filter((other) => other.name === name).length === 1;
    return isAlone ? name : t('{stage} ({pipeline})', { stage: name, pipeline });
  });

const isBelow = ({ value }: DataRow): boolean => (value ?? 0) < 0;

/** The share of all values that is as long as so much of the drawing, beside names and labels. */
const roomOf = (px: number, { width }: Look): number => {
  const share = Math.min(0.4, px / (width - Math.min(name_px, width * name_share) - px));
  return share / (1 - share);
};

/**
 * A label may be a little wider than the room of its bar: the next one is rarely as high. Of those at a line some give
 * way to others.
 */
function hasRoom(rows: DataRow[], data: TileData, { chart }: TileForm, { width }: Look): boolean {
  const room_px = ((chart === 'line' ? 2 : 1.25) * (width - sides_px)) / rows.length;
  return rows.length <= direct_labels_max && widestLabel(rows, data) <= room_px;
}

const widestLabel = (rows: DataRow[], data: TileData): number =>
  letter_px * Math.max(0, ...rows.map((row) => labelOf(row, data).length));

function legendLines({ width }: Look): number {
  const entries_px = activityFigureKinds.map((kind) => figureLabels[kind].length * letter_px + legend_mark_px);
  return Math.ceil(entries_px.reduce((sum, each) => sum + each, 0) / width);
}

/** The label of a row; in a funnel it also says how many deals went on. */
function labelOf({ value, share }: DataRow, data: TileData): string {
  const text = valueText(value, data.unit, data.currency, true);
  return share === null ? text : isolated(t('{count} → {share}', { count: text, share }));
}

/** One colour a kind, told by the legend too. */
const stacked = (rows: DataRow[], look: Look) =>
  activityFigureKinds.map((kind, index) => ({
    type: 'bar',
    stack: 'all',
    name: figureLabels[kind],
    data: rows.map(({ parts }) => parts?.[kind]?.value ?? 0),
    barMaxWidth: 48,
    itemStyle: { color: look.color(partHues[index]!) },
    cursor: 'pointer',
  }));

function described(row: DataRow | undefined, { unit, currency }: TileData): string {
  if (!row) return '';
  const parts = activityFigureKinds.flatMap((kind) => {
    const count = row.parts?.[kind]?.count;
    return count ? `${figureLabels[kind]}: ${formatNumber(count)}` : [];
  });
  return [row.label, valueText(row.value, unit, currency), ...(row.detail ? [row.detail] : []), ...parts].join('\n');
}
