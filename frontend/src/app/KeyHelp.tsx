/** The keys of this page, in a panel beside it: the page stays in use while one reads. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseButton } from '@/components/CloseButton';
import { Key } from '@/components/Key';
import { activeBindings, asList, helpOpen, setSingleKeys, singleKeys, useKeys, type KeyBinding } from './keys';
import classes from './KeyHelp.module.css';
import { useStore } from './store';

export function KeyHelp(): ReactNode {
  return useStore(helpOpen) ? <Panel /> : null;
}

function Panel(): ReactNode {
  const { t } = useTranslation();
  const bindings = useStore(activeBindings);
  const single = useStore(singleKeys);
  useKeys([{ keys: 'Escape', label: t('keys.close'), group: t('keys.general'), run: () => helpOpen.set(false) }]);
  return (
    <aside className={classes.panel} aria-label={t('keys.title')}>
      <div className={classes.title}>
        <h2>{t('keys.title')}</h2>
        <CloseButton onClick={() => helpOpen.set(false)} label={t('keys.close')} />
      </div>
      {grouped(bindings).map(([group, lines]) => (
        <section key={group}>
          <h3 className={classes.group}>{group}</h3>
          <dl className={classes.lines}>
            {lines.map(([label, keys]) => (
              <div key={label} className={classes.line}>
                <dt>{label}</dt>
                <dd>
                  {keys.map((combination) => (
                    <Key key={combination} keys={combination} />
                  ))}
                </dd>
              </div>
            ))}
            {group === t('keys.general') && (
              <div className={classes.line}>
                <dt>{t('keys.leaveField')}</dt>
                <dd>
                  <Key keys="Escape" />
                </dd>
              </div>
            )}
          </dl>
        </section>
      ))}
      <label className={classes.single}>
        <input
          type="checkbox"
          checked={single}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          aria-describedby="single-keys-help"
        />
        {t('keys.single')}
      </label>
      <p className={classes.singleHelp} id="single-keys-help">
        {t('keys.singleHelp')}
      </p>
    </aside>
  );
}

/** Lines by group in order of first appearance; the general group last. */
function grouped(bindings: readonly KeyBinding[]): [string, [string, string[]][]][] {
  const groups = new Map<string, Map<string, string[]>>();
  for (const binding of bindings) {
    const lines = groups.get(binding.group) ?? new Map<string, string[]>();
    lines.set(binding.label, [...(lines.get(binding.label) ?? []), ...asList(binding.keys)]);
    groups.set(binding.group, lines);
  }
  return [...groups].map(([group, lines]) => [group, [...lines]]);
}
