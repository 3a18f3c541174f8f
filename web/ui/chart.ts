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

use([
  BarChart,
  LineChart,
  GridComponent,
  LabelLayout,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export interface Look {
  /** A colour of the design by its name. */
  color: (name: string) => string;
  font: string;
  /** The width of the chart in pixels. */
  width: number;
}

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

/**
 * Draws into an element until it is told to stop, at whatever size that has. `onPick`: which row of which series was
 * clicked.
 */
export function draw(
  element: HTMLElement,
  optionOf: (look: Look) => EChartsCoreOption,
  onPick?: (row: number, series: number) => void,
): () => void {
  const chart = init(element);
  const redraw = () => chart.setOption(optionOf(lookOf(element)), true);
  redraw();
  if (onPick) chart.on('click', ({ dataIndex, seriesIndex }) => onPick(dataIndex, seriesIndex ?? 0));
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
