/** A panel in which a deed is confirmed, with what it needs to be told: by mod+Enter or the button; Escape leaves it. */
import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { Key } from './Key';
import { Panel } from './Panel';
import { ErrorText, Notice } from './states';

interface ConfirmPanelProps {
  title: string;
  /** What the button says. */
  confirm: string;
  /** What the other button says, where "Cancel" could be taken for a deed too. */
  leave?: string;
  /** Where the keys stand in the help. */
  group: string;
  /** Whether all that is needed was given. */
  ready: boolean;
  deed: { mutate: () => void; isPending: boolean; error: Error | null };
  onCancel: () => void;
  children: ReactNode;
}

export function ConfirmPanel({
  title,
  confirm,
  leave,
  group,
  ready,
  deed,
  onCancel,
  children,
}: ConfirmPanelProps): ReactNode {
  const { t: common } = useTranslation();
  const left = leave ?? common('cancel');
  const run = (): void => {
    if (ready && !deed.isPending) deed.mutate();
  };
  useKeys([
    { keys: 'mod+Enter', label: confirm, group, run },
    { keys: 'Escape', label: left, group, run: onCancel },
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run();
  };
  return (
    <Panel title={title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          {deed.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={deed.error} />
            </Notice>
          )}
          <Group>
            <Button type="submit" disabled={!ready} loading={deed.isPending} rightSection={<Key keys="mod+Enter" />}>
              {confirm}
            </Button>
            <Button variant="default" onClick={onCancel} rightSection={<Key keys="Escape" />}>
              {left}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
