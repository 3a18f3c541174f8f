import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { chartOptions } from './chartOptions.ts';
import type { DataRow, TileData } from './tileData.ts';
import type { TileForm } from './tiles.ts';

use([
  BarChart,
  LineChart,
  GridComponent,
  LabelLayout,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
]);

const [width, height] = [600, 300];
const look = { color: () => 'gray', font: 'sans-serif', width };

const row = (label: string, value: number): DataRow =>
  ({
    key: label,
    label,
    value,
    count: 1,
    detail: null,
    share: null,
    days: { from: '2026-01-01', to: '2026-01-31' },
  }) as unknown as DataRow;

/** The bars as they are drawn, by their corners, and where the labels stand. */
function drawn(tile: Partial<TileForm>, rows: DataRow[]) {
  const data: TileData = { unit: 'money', by: '', lacksField: false, currency: 'USD', without: [], rows, empty: false };
  const form = {
    title: null,
    figure: 'won_value',
    chart: 'bar',
    range: 'all',
    period: 'month',
    filter: {},
    width: 2,
    height: 2,
    ...tile,
  } as TileForm;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(chartOptions(data, form, null, look));
  const svg = chart.renderToSVGString();
  chart.dispose();
  const bars = [...svg.matchAll(/<path d="([^"]*)"[^>]*ecmeta_data_index/g)].map(([, path = '']) => {
    const points = [...path.matchAll(/[ML]\s?(-?[\d.]+)[ ,](-?[\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    const side = (at: 0 | 1) =>
      [Math.min(...points.map((point) => point[at])), Math.max(...points.map((point) => point[at]))] as const;
    return { x: side(0), y: side(1) };
  });
  return { bars, svg };
}

const length = ([from, to]: readonly [number, number]) => to - from;

test('what is less than nothing has a bar below the line, or before it, with its label at its end', () => {
  const { bars: upright } = drawn({ grouping: 'period' }, [row('Jan', 400), row('Feb', -200)]);
  assert.equal(upright.length, 2);
  const [gain, loss] = upright;
  assert.ok(Math.abs(length(gain!.y) - 2 * length(loss!.y)) < 2, JSON.stringify(upright));
  assert.ok(Math.abs(gain!.y[1] - loss!.y[0]) < 1, 'both begin at nothing');

  const { bars: lying, svg } = drawn({ grouping: 'owner' }, [row('Ada', 400), row('Bob', -200)]);
  assert.equal(lying.length, 2);
  assert.ok(Math.abs(length(lying[0]!.x) - 2 * length(lying[1]!.x)) < 2, JSON.stringify(lying));
  assert.ok(Math.abs(lying[0]!.x[0] - lying[1]!.x[1]) < 1, 'both begin at nothing');
  const [, anchor, x] = /text-anchor="(\w+)"[^>]*translate\(([\d.]+) [^>]*>-\$200</.exec(svg) ?? [];
  assert.equal(anchor, 'end');
  assert.ok(Number(x) > 24 && Number(x) < lying[1]!.x[0], 'between the name and the end of its bar');
});

test('where nothing is less than nothing, bars begin at the edge as before', () => {
  const { bars } = drawn({ grouping: 'period' }, [row('Jan', 400), row('Feb', 100)]);
  assert.ok(Math.abs(bars[0]!.y[1] - bars[1]!.y[1]) < 1);
  assert.ok(Math.abs(length(bars[0]!.y) - 4 * length(bars[1]!.y)) < 2, JSON.stringify(bars));
});

test('a stage is named first, and its pipeline only where two have a stage of that name', () => {
  const stage = (name: string, pipeline: string) => ({ ...row(`${pipeline}: ${name}`, 3), name, pipeline });
  const rows = [
    stage('Qualified', 'Renewals and service'),
    stage('Offer sent', 'Renewals and service'),
    stage('Qualified', 'New'),
  ];
  const { svg } = drawn({ grouping: 'stage' }, rows);
  const names = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replace(/[\u2066-\u2069]/g, ''),
  );
  for (const name of ['Qualified (Renewals and service)', 'Offer sent', 'Qualified (New)'])
    assert.ok(names.includes(name), JSON.stringify(names));
});
