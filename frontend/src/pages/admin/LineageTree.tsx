/** What a model was made from, as a nested list that can be read aloud: each line, and below it what went into it. */
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Lineage } from '@/api/registry';
import type { Schema } from '@/api/schemas';
import { paths } from '@/app/paths';
import classes from './Admin.module.css';

type Node = Schema<'LineageNode'>;

/** What goes without saying: a run's output, a snapshot's records, a project's batch. */
const PLAIN_ROLES = new Set(['output', 'records', 'published']);

interface Branch {
  node: Node;
  role: string;
  /** Empty for a node whose sources stand at its first place in the list. */
  sources: Branch[];
  repeated: boolean;
}

export function LineageTree({ lineage, root }: { lineage: Lineage; root: string }): ReactNode {
  const tree = useMemo(() => treeOf(lineage, root), [lineage, root]);
  return <ul className={classes.tree}>{tree && <Line branch={tree} />}</ul>;
}

function Line({ branch }: { branch: Branch }): ReactNode {
  const { t } = useTranslation('admin');
  const { node } = branch;
  const judgments = node.data.judgments;
  const records = node.data.records;
  return (
    <li>
      <span className={classes.node}>
        <span className={classes.type}>{t(`lineage.type.${node.type}`)}</span>
        <NodeName node={node} />
        {branch.role && !PLAIN_ROLES.has(branch.role) && <span className={classes.quiet}>{t('lineage.role', { role: branch.role.replaceAll('_', ' ') })}</span>}
        {typeof records === 'number' && <span className={classes.quiet}>{t('lineage.records', { count: records })}</span>}
        {typeof judgments === 'number' && <span className={classes.quiet}>{t('lineage.judgments', { count: judgments })}</span>}
        {branch.repeated && <span className={classes.quiet}>{t('lineage.above')}</span>}
      </span>
      {branch.sources.length > 0 && (
        <ul>
          {branch.sources.map((source) => (
            <Line key={source.node.id + source.role} branch={source} />
          ))}
        </ul>
      )}
    </li>
  );
}

function NodeName({ node }: { node: Node }): ReactNode {
  const to = {
    model: paths.model,
    run: paths.run,
    snapshot: paths.snapshot,
    batch: paths.batch,
    project: paths.project,
  } as const;
  if (node.type === 'path' || node.type === 'candidate') return <code title={node.id}>{node.label}</code>;
  return <Link to={to[node.type](node.id)}>{node.label}</Link>;
}

/** The graph from its end backwards. What was met before is named again, but not opened again. */
function treeOf(lineage: Lineage, root: string): Branch | null {
  const nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
  const into = new Map<string, { from: string; role: string }[]>();
  for (const edge of lineage.edges) into.set(edge.to, [...(into.get(edge.to) ?? []), edge]);
  const met = new Set<string>();
  const grow = (id: string, role: string): Branch | null => {
    const node = nodes.get(id);
    if (!node) return null;
    if (met.has(id)) return { node, role, sources: [], repeated: (into.get(id) ?? []).length > 0 };
    met.add(id);
    const edges = into.get(id) ?? [];
    // A model's parents are inputs of the run that made it, where one did; they are shown there.
    const madeByRun = node.type === 'model' && edges.some((edge) => nodes.get(edge.from)?.type === 'run');
    const shown = madeByRun ? edges.filter((edge) => nodes.get(edge.from)?.type === 'run') : edges;
    const sources = shown.map((edge) => grow(edge.from, edge.role)).filter((branch) => branch !== null);
    return { node, role, sources, repeated: false };
  };
  return grow(root, '');
}
