/** Curves, one small chart for each thing measured, with the same numbers as text and as a table. */
import { Text } from '@mantine/core';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { axisOf, Chart, tooltipOf, type Color } from '@/components/Chart';
import classes from './Admin.module.css';
import type { Family } from './families';
import { formatMetric } from './format';

echarts.use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export function FamilyCharts({ families }: { families: readonly Family[] }): ReactNode {
  const { t } = useTranslation('admin');
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
          {family.series.every(({ points }) => points.length < 2) ? null : <FamilyChart family={family} />}
          <details>
            <summary>{t('charts.table')}</summary>
            <ChartTable family={family} />
          </details>
        </figure>
      ))}
    </div>
  );
}

function FamilyChart({ family }: { family: Family }): ReactNode {
  const option = useCallback((color: Color) => optionOf(family, color), [family]);
  return <Chart option={option} className={classes.chart} />;
}

/** Told apart by more than their color. */
const LINES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;

function optionOf(family: Family, color: Color): echarts.EChartsCoreOption {
  const axis = axisOf(color);
  return {
    animation: false,
    color: [color('--accent-ink'), color('--letter-b'), color('--letter-d'), color('--letter-h')],
    grid: { left: 8, right: 12, top: family.series.length > 1 ? 28 : 12, bottom: 4, containLabel: true },
    legend:
      family.series.length > 1
        ? { top: 0, left: 0, textStyle: { color: color('--ink-2'), fontSize: 11 }, itemHeight: 8 }
        : undefined,
    tooltip: {
      trigger: 'axis',
      ...tooltipOf(color),
      valueFormatter: (value: unknown) => (typeof value === 'number' ? formatMetric(value) : '–'),
    },
    xAxis: { type: 'value', min: 'dataMin', max: 'dataMax', ...axis, splitLine: { show: false } },
    yAxis: { type: 'value', scale: true, ...axis },
    series: family.series.map(({ name, points }, index) => ({
      name: name.replaceAll('_', ' '),
      type: 'line',
      data: points,
      showSymbol: points.length < 40,
      symbolSize: 4,
      lineStyle: { width: 1.5, type: LINES[index % LINES.length] },
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
