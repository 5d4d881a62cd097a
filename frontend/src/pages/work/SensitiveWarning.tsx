/** Before a sensitive text: what it is about, and whether to see it. */
import { Button, Group, List, Text } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Assignment } from '@/api/types';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { LoadingState } from '@/components/states';
import { useActiveClock } from '@/work/useActiveClock';

const SkipPanel = lazy(async () => ({ default: (await import('./SkipPanel')).SkipPanel }));

interface SensitiveWarningProps {
  assignment: Assignment;
  onShow: () => void;
  /** Of a preview, where nothing is sent: what follows a skip. */
  onSkipped?: () => void;
}

export function SensitiveWarning({ assignment, onShow, onSkipped }: SensitiveWarningProps): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const preview = onSkipped !== undefined;
  const [skipping, setSkipping] = useState(false);
  const clock = useActiveClock(assignment.active_seconds);
  useKeys([
    { keys: 's', label: t('warning.show'), group: t('warning.title'), run: onShow, when: !skipping },
    { keys: ['shift+s', 'alt+s'], label: work('frame.skip'), group: t('warning.title'), run: () => setSkipping(true), when: !skipping },
  ]);
  return (
    <Page title={t('warning.title')} intro={t('warning.intro', { kind: common(`kind.${assignment.kind}`) })}>
      <List mb="md">
        {assignment.prompt.sensitive.map((category) => (
          <List.Item key={category}>{common(`sensitive.${category}`)}</List.Item>
        ))}
      </List>
      {skipping ? (
        <Suspense fallback={<LoadingState />}>
          <SkipPanel
            assignment={preview ? null : assignment.id}
            clock={clock}
            onClose={() => setSkipping(false)}
            onSkipped={onSkipped ?? (() => void navigate(paths.home()))}
          />
        </Suspense>
      ) : (
        <Group>
          <Button onClick={onShow} rightSection={<Key keys="s" />}>
            {t('warning.show')}
          </Button>
          <Button variant="default" onClick={() => setSkipping(true)} rightSection={<Key keys="shift+s" />}>
            {work('frame.skip')}
          </Button>
        </Group>
      )}
      <Text c="dimmed" mt="md">
        {t('warning.optOut')} {preview ? t('sensitivePage.title') : <Link to={paths.sensitive(assignment.project)}>{t('sensitivePage.title')}</Link>}
      </Text>
    </Page>
  );
}
