import { type EChartsCoreOption, init } from 'echarts/core';
import { type Look, lookOf } from '../../../ui/chart.ts';

const picture = { width: 960, height: 480 };
const heading_px = 56;

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
