import type { EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { t } from '../../../text/text.ts';
import { draw, type Look } from '../../../ui/chart.ts';
import { digitsBetween, formatDate, formatMonth } from '../../../ui/format.ts';

interface Point {
  day: string;
  /** Null where it is unknown: the line has a gap. */
  value: string | null;
}

interface LineChartProps {
  title: string;
  points: readonly Point[];
  /** "$1,234.50", and "$1.2K" beside the axis, with so many decimals. */
  format: (value: string, digits?: number) => string;
}

const month_ms = 31 * 86_400_000;

/** Values by day, drawn as a line. What it says has to stand in figures, too. */
export default function LineChart({ title, points, format }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    return element ? draw(element, (look) => options(points, format, look)) : undefined;
  }, [points, format]);
  return (
    <div
      ref={box}
      role="img"
      aria-label={t('{title}, line chart', { title })}
      className="h-56 w-full print:h-48"
      dir="ltr"
    />
  );
}

function options(points: readonly Point[], format: LineChartProps['format'], look: Look): EChartsCoreOption {
  const words = { color: look.color('--muted'), fontFamily: look.font, fontSize: 12 };
  const [first, last] = [points[0], points.at(-1)];
  const span_ms = first && last ? Date.parse(last.day) - Date.parse(first.day) : 0;
  const digits = digitsBetween(points.flatMap(({ value }) => (value === null ? [] : [Number(value)])));
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  return {
    animation: false,
    aria: { enabled: false },
    useUTC: true,
    grid: { left: 0, right: 12, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time',
      splitNumber: Math.max(2, Math.floor(look.width / 120)),
      axisLabel: {
        ...words,
        hideOverlap: true,
        formatter: (time: number) =>
          span_ms > 4 * month_ms ? formatMonth(dayOf(time), 'short') : formatDate(dayOf(time)),
      },
      axisLine: { lineStyle: { color: look.color('--line-strong') } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: true,
      axisLabel: { ...words, formatter: (value: number) => format(String(value), digits), hideOverlap: true },
      splitLine: { lineStyle: { color: look.color('--line') } },
    },
    // Drawn on the canvas: the policy allows no markup with styles of its own.
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      backgroundColor: look.color('--raised'),
      borderColor: look.color('--line'),
      textStyle: { ...words, color: look.color('--ink') },
      formatter: ([found]: { value: [string, string | null] }[]) => {
        if (!found) return '';
        const [day, value] = found.value;
        return `${formatDate(day)}\n${value === null ? t('Unknown') : format(value)}`;
      },
    },
    series: [
      {
        type: 'line',
        data: points.map(({ day, value }) => [day, value]),
        showSymbol: points.length === 1,
        symbolSize: 5,
        lineStyle: { color: look.color('--accent'), width: 1.75 },
        itemStyle: { color: look.color('--accent') },
      },
    ],
  };
}
