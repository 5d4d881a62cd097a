/** Who agrees with whom: a square for each two labelers. */
import { HeatmapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { formatPercent } from '@/app/format';
import { axisOf, Chart, tooltipOf, type Color } from '@/components/Chart';
import { write, type Row } from './estimates';
import { itemsLink } from '../items/itemsLink';

echarts.use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

/** Squares large enough to be written in. */
const WRITTEN = 12;

/** Pixels of a square that can still be hit and told from its neighbor, and of the names beside them. */
const SQUARE = 22;
const NAMES = 130;

interface HeatMapProps {
  project: string;
  rows: readonly Row[];
  statistic: string;
  /** How many labelers have a row and a column. */
  most: number;
}

export function LabelerHeatMap({ project, rows, statistic, most }: HeatMapProps): ReactNode {
  const navigate = useNavigate();
  const labelers = useMemo(() => mapped(rows, most), [rows, most]);
  const squares = useMemo(() => {
    const at = new Map(labelers.map((labeler, index) => [labeler, index]));
    return rows.flatMap(({ labels, estimates }): [number, number, number][] => {
      const value = estimates[statistic]?.value;
      const [one, other] = [at.get(labels[0] ?? ''), at.get(labels[1] ?? '')];
      if (value === null || value === undefined || one === undefined || other === undefined) return [];
      return [
        [one, other, value],
        [other, one, value],
      ];
    });
  }, [rows, labelers, statistic]);
  const option = useCallback(
    (color: Color): echarts.EChartsCoreOption => {
      const axis = { type: 'category', data: labelers, ...axisOf(color), axisTick: { show: false }, splitArea: { show: false } };
      const few = labelers.length <= WRITTEN;
      return {
        animation: false,
        grid: { left: 8, right: 16, top: 8, bottom: 56, containLabel: true },
        tooltip: {
          ...tooltipOf(color),
          formatter: ({ data: [one, other, value] }: { data: [number, number, number] }) =>
            `${labelers[one] ?? ''}, ${labelers[other] ?? ''}: ${write(statistic, value)}`,
        },
        xAxis: { ...axis, axisLabel: { color: color('--ink-2'), fontSize: 11, interval: 0, rotate: 60 } },
        yAxis: { ...axis, inverse: true, axisLabel: { color: color('--ink-2'), fontSize: 11, interval: 0 } },
        visualMap: {
          min: statistic === 'cohen_kappa' ? -1 : 0,
          max: 1,
          calculable: false,
          orient: 'horizontal',
          left: 'center',
          bottom: 0,
          itemHeight: 160,
          itemWidth: 12,
          text: [write(statistic, 1), write(statistic, statistic === 'cohen_kappa' ? -1 : 0)],
          textStyle: { color: color('--ink-2'), fontSize: 11 },
          inRange: { color: [color('--heat-low'), color('--heat-high')] },
        },
        series: [
          {
            type: 'heatmap',
            data: squares,
            itemStyle: { borderColor: color('--line'), borderWidth: 1 },
            label: {
              show: few,
              fontSize: 11,
              color: color('--heat-ink'),
              formatter: ({ data: [, , value] }: { data: [number, number, number] }) =>
                statistic === 'cohen_kappa' ? write(statistic, value) : formatPercent(value, 0),
            },
          },
        ],
      };
    },
    [squares, labelers, statistic],
  );
  const open = (square: number): void => {
    const [one = -1, other = -1] = squares[square] ?? [];
    void navigate(itemsLink(project, { labeler: labelers[one] ?? '', with: labelers[other] ?? '' }));
  };
  return (
    <div style={{ minWidth: labelers.length * SQUARE + NAMES }}>
      <Chart onMark={open} option={option} height={Math.max(240, labelers.length * 30 + NAMES)} />
    </div>
  );
}

/** Those who were compared most, as the rows come with most comparisons first; by name. */
function mapped(rows: readonly Row[], most: number): string[] {
  return [...new Set(rows.flatMap(({ labels }) => labels))].slice(0, most).sort();
}
