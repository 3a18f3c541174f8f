import { BarChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatMoney, formatMonth, formatPercent } from '../../../ui/format.ts';
import { type Outcome, type PeriodFigures, sumIn } from './dashboard.ts';
import { PeriodTable } from './PeriodTable.tsx';

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

interface PeriodChartProps {
  periods: readonly PeriodFigures[];
  /** Of all of them. */
  total: Outcome;
  currency: string;
}

/** Bars from zero, one a period; the same figures as a table one click away. */
export default function PeriodChart({ periods, total, currency }: PeriodChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    const element: HTMLDivElement | null = box.current;
    if (!element || asTable) return;
    const chart = init(element);
    const draw = () => chart.setOption(options(periods, currency, element));
    draw();
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      chart.dispose();
    };
  }, [periods, currency, asTable]);
  return (
    <div>
      {asTable ? (
        <PeriodTable periods={periods} total={total} currency={currency} />
      ) : (
        <div
          ref={box}
          role="img"
          aria-label={t('Bars of the won value. The same figures are in the table.')}
          className="h-64"
        />
      )}
      <Button size="small" emphasis="quiet" className="mt-1" onClick={() => setAsTable(!asTable)}>
        {asTable ? t('Show as a chart') : t('Show as a table')}
      </Button>
    </div>
  );
}

function options(periods: readonly PeriodFigures[], currency: string, element: HTMLElement) {
  const css = getComputedStyle(element);
  const color = (name: string) => css.getPropertyValue(name);
  const compact = (value: number) => formatMoney(String(value), currency, { compact: true });
  const text = { color: color('--muted'), fontFamily: css.fontFamily, fontSize: 12 };
  return {
    animation: false,
    grid: { left: 0, right: 0, top: 16, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: periods.map(({ from }) => formatMonth(from, 'short')),
      axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: color('--line-strong') } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { ...text, formatter: compact },
      splitLine: { lineStyle: { color: color('--line') } },
    },
    // Drawn on the canvas: the policy allows no markup with styles of its own.
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      axisPointer: { type: 'shadow', shadowStyle: { color: color('--hover') } },
      backgroundColor: color('--raised'),
      borderColor: color('--line'),
      textStyle: { ...text, color: color('--ink') },
      formatter: ([bar]: { dataIndex: number }[]) => describe(periods[bar?.dataIndex ?? 0], currency),
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 48,
        itemStyle: { color: color('--accent'), borderRadius: [3, 3, 0, 0] },
        data: periods.map(({ won }) => sumIn(won.value, currency)),
      },
    ],
  };
}

function describe(period: PeriodFigures | undefined, currency: string): string {
  if (!period) return '';
  const { from, won, lost, win_rate_percent } = period;
  const counts = t('{won, number} won, {lost, number} lost', { won: won.count, lost: lost.count });
  const rate = win_rate_percent === null ? '' : `, ${formatPercent(win_rate_percent)}`;
  const value = formatMoney(String(sumIn(won.value, currency)), currency);
  return `${formatMonth(from)}\n${value}\n${counts}${rate}`;
}
