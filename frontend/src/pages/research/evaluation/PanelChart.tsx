/** One panel: a figure of each model with its interval, beside the line at which two models are even. */
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { formatPercent } from '@/app/format';
import { axisOf, Chart, tooltipOf, type Color } from '@/components/Chart';
import { cell, evenOf, write, type Estimate, type Figure } from './figures';

echarts.use([CustomChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

const ROW = 28;

/** A second estimate in the same row, drawn as a hollow diamond, such as the plain win rate beside the other. */
export interface Mark {
  model: string;
  estimate: Estimate | null;
  beside?: Estimate | null;
  /** The judged items behind it. */
  to: string;
}

export function PanelChart({ marks, figure, scale }: { marks: readonly Mark[]; figure: Figure; scale: [number, number] }): ReactNode {
  const navigate = useNavigate();
  const option = useCallback(
    (color: Color): echarts.EChartsCoreOption => {
      const even = evenOf(figure);
      const row = (estimate: Estimate | null | undefined, index: number): number[] => [
        index,
        estimate?.value ?? NaN,
        estimate?.low ?? NaN,
        estimate?.high ?? NaN,
      ];
      return {
        animation: false,
        grid: { left: 8, right: 20, top: 4, bottom: 4, containLabel: true },
        tooltip: {
          ...tooltipOf(color),
          formatter: ({ dataIndex, seriesIndex }: { dataIndex: number; seriesIndex: number }) => {
            const mark = marks[dataIndex];
            if (!mark) return '';
            return `${mark.model}: ${cell(seriesIndex ? 'win_rate' : figure, (seriesIndex ? mark.beside : mark.estimate) ?? null)}`;
          },
        },
        xAxis: {
          type: 'value',
          min: scale[0],
          max: scale[1],
          ...axisOf(color),
          axisLabel: {
            color: color('--ink-2'),
            fontSize: 11,
            hideOverlap: true,
            formatter: (value: number) => (scale[1] === 1 ? formatPercent(value, 0) : write('elo', value)),
          },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          data: marks.map(({ model }) => model),
          ...axisOf(color),
          axisTick: { show: false },
          axisLabel: { color: color('--ink'), fontSize: 12, width: 120, overflow: 'truncate', interval: 0 },
        },
        series: [
          {
            type: 'custom',
            encode: { x: [1, 2, 3], y: 0 },
            data: marks.map(({ estimate }, index) => row(estimate, index)),
            renderItem: drawn(color('--accent-ink'), 'dot'),
            markLine:
              even === null
                ? undefined
                : {
                    silent: true,
                    symbol: 'none',
                    label: { show: false },
                    lineStyle: { color: color('--ink-2'), type: 'dashed', width: 1 },
                    data: [{ xAxis: even }],
                  },
          },
          {
            type: 'custom',
            encode: { x: [1, 2, 3], y: 0 },
            data: marks.map(({ beside }, index) => row(beside, index)),
            renderItem: drawn(color('--ink-2'), 'diamond'),
          },
        ],
      };
    },
    [marks, figure, scale],
  );
  const open = (row: number): void => {
    const to = marks[row]?.to;
    if (to) void navigate(to);
  };
  return <Chart option={option} height={marks.length * ROW + 34} onMark={open} />;
}

/** What ECharts gives to a custom series. */
interface DrawApi {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}

function drawn(ink: string, shape: 'dot' | 'diamond') {
  return (_: unknown, api: DrawApi): object | null => {
    const [row, value, low, high] = [0, 1, 2, 3].map((place) => api.value(place)) as [number, number, number, number];
    if (Number.isNaN(value)) return null;
    const [x, middle] = api.coord([value, row]);
    const y = shape === 'dot' ? middle - 3 : middle + 6;
    const mark =
      shape === 'dot'
        ? { type: 'circle', shape: { cx: x, cy: y, r: 4.5 }, style: { fill: ink } }
        : {
            type: 'polygon',
            shape: { points: [[x - 4, y], [x, y - 4], [x + 4, y], [x, y + 4]] },
            style: { fill: 'none', stroke: ink, lineWidth: 1.5 },
          };
    if (Number.isNaN(low) || Number.isNaN(high)) return { type: 'group', children: [mark] };
    const [left] = api.coord([low, row]);
    const [right] = api.coord([high, row]);
    const line = (x1: number, y1: number, x2: number, y2: number): object => ({
      type: 'line',
      shape: { x1, y1, x2, y2 },
      style: { stroke: ink, lineWidth: 1.5 },
    });
    return {
      type: 'group',
      children: [line(left, y, right, y), line(left, y - 3, left, y + 3), line(right, y - 3, right, y + 3), mark],
    };
  };
}
