/** The curves of a run, one small chart for each thing measured; measures on held-out data share their chart. */
import { useMantineColorScheme, Text } from '@mantine/core';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Metric } from '@/api/runs';
import classes from './Admin.module.css';
import { familiesOf, type Family } from './families';
import { formatMetric } from './format';

echarts.use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export function RunCharts({ metrics }: { metrics: readonly Metric[] }): ReactNode {
  const { t } = useTranslation('admin');
  const families = useMemo(() => familiesOf(metrics), [metrics]);
  return (
    <div className={classes.charts}>
      {families.map((family) => (
        <figure key={family.name} className={classes.card} style={{ margin: 0 }}>
          <figcaption>
            <Text fw={600}>{family.name.replaceAll('_', ' ').replaceAll('/', ', ')}</Text>
            <Text size="xs" c="dimmed">
              {family.series
                .map(({ name, points }) => {
                  const [first, last] = [points[0], points.at(-1)];
                  return first && last
                    ? t('charts.fromTo', {
                        name: name.replaceAll('_', ' '),
                        first: formatMetric(first[1]),
                        last: formatMetric(last[1]),
                        step: last[0],
                      })
                    : '';
                })
                .join(' ')}
            </Text>
          </figcaption>
          {family.series.every(({ points }) => points.length < 2) ? null : <Chart family={family} />}
          <details>
            <summary>{t('charts.table')}</summary>
            <ChartTable family={family} />
          </details>
        </figure>
      ))}
    </div>
  );
}

function Chart({ family }: { family: Family }): ReactNode {
  const { colorScheme } = useMantineColorScheme();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const made = echarts.init(box.current);
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(optionOf(family), { notMerge: true });
  }, [family, colorScheme]);
  return <div ref={box} className={classes.chart} aria-hidden="true" />;
}

/** Colors come from the page, so that a chart is light or dark with it. */
function optionOf(family: Family): echarts.EChartsCoreOption {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const ink = color('--ink-2');
  const line = color('--line');
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisLabel: { color: ink, fontSize: 11 },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: false,
    color: [color('--accent-ink'), color('--letter-b'), color('--letter-d'), color('--letter-h')],
    grid: { left: 8, right: 12, top: family.series.length > 1 ? 28 : 12, bottom: 4, containLabel: true },
    legend: family.series.length > 1 ? { top: 0, left: 0, textStyle: { color: ink, fontSize: 11 }, itemHeight: 8 } : undefined,
    tooltip: {
      trigger: 'axis',
      // Drawn on the canvas: a tooltip of HTML would bring style attributes, which the content security policy refuses.
      renderMode: 'richText',
      backgroundColor: color('--surface'),
      borderColor: line,
      textStyle: { color: color('--ink'), fontSize: 12 },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? formatMetric(value) : '–'),
    },
    xAxis: { type: 'value', min: 'dataMin', max: 'dataMax', ...axis, splitLine: { show: false } },
    yAxis: { type: 'value', scale: true, ...axis },
    series: family.series.map(({ name, points }) => ({
      name: name.replaceAll('_', ' '),
      type: 'line',
      data: points,
      showSymbol: points.length < 40,
      symbolSize: 4,
      lineStyle: { width: 1.5 },
      sampling: 'lttb',
    })),
  };
}

const ROWS = 200;

/** The same numbers as text; of a long run, evenly chosen steps. */
function ChartTable({ family }: { family: Family }): ReactNode {
  const { t } = useTranslation('admin');
  const steps = [...new Set(family.series.flatMap(({ points }) => points.map(([step]) => step)))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(steps.length / ROWS));
  const shown = steps.filter((_, index) => index % every === 0 || index === steps.length - 1);
  const values = family.series.map(({ points }) => new Map(points));
  return (
    <div className={classes.chartTable} tabIndex={0} role="region" aria-label={family.name}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('runs.step')}</th>
            {family.series.map(({ name }) => (
              <th key={name} scope="col">
                {name.replaceAll('_', ' ')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((step) => (
            <tr key={step}>
              <td>{step}</td>
              {values.map((points, index) => {
                const value = points.get(step);
                return <td key={index}>{value === undefined ? '' : formatMetric(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
