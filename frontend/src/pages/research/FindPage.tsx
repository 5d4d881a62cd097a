/** Finding an item of a project by its id or by words; what is looked for stands in the address. */
import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { findQuery, type Hit } from '@/api/find';
import { useFilters, withFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { PagedTable } from '@/components/DataTable';
import { Key } from '@/components/Key';
import { SearchField } from '@/components/SearchField';
import { ShortId } from '@/components/ShortId';
import { EmptyState } from '@/components/states';
import classes from './FindPage.module.css';
import { ProjectFrame } from './ProjectFrame';

export function FindPage(): ReactNode {
  return <ProjectFrame tab="find">{(project) => <Find key={project.id} project={project.id} />}</ProjectFrame>;
}

function Find({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const [{ q }, setFilter] = useFilters(['q']);
  const field = useRef<HTMLInputElement>(null);
  const hits = useInfiniteQuery(findQuery(project, q));
  // On this page the frame's key goes to the field.
  useKeys([{ keys: '/', label: t('find.key'), group: t('tab.label'), run: () => field.current?.select() }]);
  return (
    <>
      <div role="search" className={classes.search}>
        <SearchField
          label={t('find.label')}
          description={t('find.help')}
          value={q}
          onChange={(value) => setFilter('q', value)}
          field={field}
          autoFocus={q === ''}
          rightSection={<Key keys="/" />}
        />
      </div>
      {q === '' ? (
        <EmptyState title={t('find.startTitle')} text={t('find.startText')} />
      ) : (
        <PagedTable
          query={hits}
          label={t('find.results')}
          rowKey={(hit) => `${hit.kind} ${hit.id}`}
          empty={<EmptyState title={t('find.emptyTitle', { q })} text={t('find.emptyText')} />}
          columns={[
            { key: 'what', header: t('find.what'), cell: (hit) => <What hit={hit} /> },
            { key: 'excerpt', header: t('find.text'), cell: (hit) => <Excerpt hit={hit} /> },
            { key: 'where', header: t('find.where'), cell: (hit) => <Where hit={hit} /> },
          ]}
        />
      )}
    </>
  );
}

function What({ hit }: { hit: Hit }): ReactNode {
  const { t } = useTranslation('research');
  return (
    <>
      <Text component="span" size="sm" fw={600}>
        {t(`find.kind.${hit.kind}`)}
      </Text>
      <div>
        <ShortId id={hit.id} />
      </div>
      {hit.state && hit.kind !== 'batch' && (
        <Text component="span" size="xs" c="dimmed">
          {t(`find.state.${hit.state as 'open'}`)}
        </Text>
      )}
    </>
  );
}

/** The text as it was written, with what was looked for marked; it leads to the thing. */
function Excerpt({ hit }: { hit: Hit }): ReactNode {
  return (
    <Link to={addressOf(hit)} className={classes.excerpt} dir="auto">
      {hit.excerpt.map((piece, index) => (piece.match ? <mark key={index}>{piece.text}</mark> : piece.text))}
    </Link>
  );
}

function Where({ hit }: { hit: Hit }): ReactNode {
  const { t } = useTranslation('research');
  const { batch, item } = hit;
  if (!batch) return t('find.nowhere');
  return (
    <>
      {hit.kind !== 'batch' && <Link to={withFilters(paths.batch(batch.id), { item })}>{batch.name}</Link>}
      <div>
        {item !== null && `${t('find.item', { item })} `}
        {t(`status.${batch.status}`)}
      </div>
    </>
  );
}

function addressOf({ kind, prompt, batch, item }: Hit): string {
  if ((kind === 'prompt' || kind === 'candidate' || !batch) && prompt) return paths.prompt(prompt);
  return batch ? withFilters(paths.batch(batch.id), { item }) : paths.batches();
}
