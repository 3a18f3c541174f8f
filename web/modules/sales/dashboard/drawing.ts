import { BarChart, LineChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { Look } from './chartOptions.ts';

use([
  BarChart, LineChart, GridComponent, LabelLayout, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, CanvasRenderer,
  SVGRenderer,
]); // biome-ignore format: a list of words

const picture = { width: 960, height: 480 };
const heading_px = 56;

/** Colours as they stand in the page now, in the words that every program knows. */
export function lookOf(element: HTMLElement): Look {
  const css = getComputedStyle(element);
  return { color: (name) => asHex(css.getPropertyValue(name)), font: css.fontFamily, width: element.clientWidth };
}

function asHex(color: string): string {
  const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  brush.fillStyle = color;
  brush.fillRect(0, 0, 1, 1);
  const parts = [...brush.getImageData(0, 0, 1, 1).data];
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Draws into an element until it is told to stop, at whatever size that has. */
export function draw(
  element: HTMLElement,
  optionOf: (look: Look) => EChartsCoreOption,
  onPick: (row: number, series: number) => void,
): () => void {
  const chart = init(element);
  const redraw = () => chart.setOption(optionOf(lookOf(element)), true);
  redraw();
  chart.on('click', ({ dataIndex, seriesIndex }) => onPick(dataIndex, seriesIndex ?? 0));
  const resized = new ResizeObserver(() => {
    chart.resize();
    redraw();
  });
  resized.observe(element);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });
  return () => {
    resized.disconnect();
    themed.disconnect();
    chart.dispose();
  };
}

interface Picture {
  title: string;
  note: string;
  optionOf: (look: Look) => EChartsCoreOption;
}

/** The chart by itself, on a ground of its own, under its name. */
export function pictureOf(kind: 'png' | 'svg', { title, note, optionOf }: Picture): Blob {
  const look = { ...lookOf(document.documentElement), width: picture.width };
  const option = optionOf(look);
  const grid = option.grid as { top: number; left: number; right: number };
  const legend = option.legend as object;
  const full: EChartsCoreOption = {
    ...option,
    backgroundColor: look.color('--surface'),
    title: {
      text: title, subtext: note, left: 16, top: 12,
      textStyle: { color: look.color('--ink'), fontFamily: look.font, fontSize: 16 },
      subtextStyle: { color: look.color('--muted'), fontFamily: look.font, fontSize: 12 },
    },
    grid: { ...grid, left: grid.left + 16, right: grid.right + 16, bottom: 16, top: grid.top + heading_px },
    legend: { ...legend, top: heading_px, left: 16 },
  }; // biome-ignore format: facts
  if (kind === 'svg') {
    const chart = init(null, null, { renderer: 'svg', ssr: true, ...picture });
    chart.setOption(full);
    const text = chart.renderToSVGString();
    chart.dispose();
    return new Blob([text], { type: 'image/svg+xml' });
  }
  const chart = init(document.createElement('div'), null, { renderer: 'canvas', devicePixelRatio: 2, ...picture });
  chart.setOption(full);
  const [, base64 = ''] = chart.getDataURL({ type: 'png', pixelRatio: 2 }).split(',');
  chart.dispose();
  return new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'image/png' });
}
