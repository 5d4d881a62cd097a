/** One figure of each row as a dot with its interval, all on one scale. */
import { CustomChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { formatPercent } from '@/app/format';
import { axisOf, Chart, tooltipOf, type Color } from '@/components/Chart';
import { cell, isShare, write, type Estimate } from './estimates';

echarts.use([CustomChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const ROW = 24;

interface IntervalChartProps {
  rows: readonly { estimates: Record<string, Estimate> }[];
  labels: readonly string[];
  statistic: string;
  /** The addresses of what is behind each row. */
  links?: readonly (string | null)[];
  /** Where chance lies, drawn as a dashed line. */
  chance?: number;
}

export function IntervalChart({ rows, labels, statistic, links, chance }: IntervalChartProps): ReactNode {
  const navigate = useNavigate();
  const option = useCallback(
    (color: Color): echarts.EChartsCoreOption => {
      const writeTick = (value: number): string => (isShare(statistic) ? formatPercent(value, 0) : write(statistic, value));
      const ink = color('--accent-ink');
      const bounds = rows.flatMap(({ estimates }) => {
        const one = estimates[statistic];
        return one && one.value !== null ? [one.value, one.low ?? one.value, one.high ?? one.value] : [];
      });
      const from = isShare(statistic) && Math.min(...bounds) >= 0 ? 0 : Math.min(0, Math.floor(Math.min(...bounds) * 4) / 4);
      return {
        animation: false,
        grid: { left: 8, right: 24, top: 4, bottom: 4, containLabel: true },
        tooltip: {
          ...tooltipOf(color),
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            `${labels[dataIndex] ?? ''}: ${cell(statistic, rows[dataIndex]?.estimates[statistic])}`,
        },
        xAxis: {
          type: 'value',
          min: from,
          max: Math.max(1, Math.ceil(Math.max(...bounds) * 4) / 4),
          ...axisOf(color),
          axisLabel: { color: color('--ink-2'), fontSize: 11, hideOverlap: true, formatter: writeTick },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          data: [...labels],
          ...axisOf(color),
          axisTick: { show: false },
          axisLabel: { color: color('--ink'), fontSize: 12, width: 130, overflow: 'truncate', interval: 0 },
        },
        series: [
          {
            type: 'custom',
            cursor: links ? 'pointer' : 'default',
            ...(chance !== undefined && {
              markLine: {
                silent: true,
                symbol: 'none',
                lineStyle: { color: color('--ink-2'), type: 'dashed' },
                label: { show: false },
                data: [{ xAxis: chance }],
              },
            }),
            encode: { x: [1, 2, 3], y: 0 },
            data: rows.map(({ estimates }, index) => {
              const one = estimates[statistic];
              return [index, one?.value ?? NaN, one?.low ?? NaN, one?.high ?? NaN];
            }),
            renderItem: (_: unknown, api: DrawApi) => {
              const [row, value, low, high] = [0, 1, 2, 3].map((place) => api.value(place)) as [number, number, number, number];
              if (Number.isNaN(value)) return null;
              const [x, y] = api.coord([value, row]);
              const line = (from: readonly number[], to: readonly number[]): object => ({
                type: 'line',
                shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
                style: { stroke: ink, lineWidth: 1.5 },
              });
              const dot = { type: 'circle', shape: { cx: x, cy: y, r: 4 }, style: { fill: ink } };
              if (Number.isNaN(low) || Number.isNaN(high)) return { type: 'group', children: [dot] };
              const [left] = api.coord([low, row]);
              const [right] = api.coord([high, row]);
              return {
                type: 'group',
                children: [
                  line([left, y], [right, y]),
                  line([left, y - 4], [left, y + 4]),
                  line([right, y - 4], [right, y + 4]),
                  dot,
                ],
              };
            },
          },
        ],
      };
    },
    [rows, labels, statistic, links, chance],
  );
  const open = (row: number): void => {
    const to = links?.[row];
    if (to) void navigate(to);
  };
  return <Chart option={option} height={rows.length * ROW + 36} onMark={open} />;
}

/** What ECharts gives to a custom series. */
interface DrawApi {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}
