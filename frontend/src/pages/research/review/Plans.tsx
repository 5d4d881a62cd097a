/** Sampling plans of a batch: how many to review, how far one is, and what it shows of the judgments nobody read. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { batchQuery, type Batch } from '@/api/collection';
import { acceptOnPlan, makePlan, planPreviewQuery, plansQuery, type Plan } from '@/api/desk';
import { withFilters } from '@/app/filters';
import { formatNumber, formatPercent } from '@/app/format';
import { paths } from '@/app/paths';
import { NumberField } from '@/components/NumberField';
import { Section } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';

export function Plans({ batch }: { batch: Batch }): ReactNode {
  const { t } = useTranslation('desk');
  const plans = useQuery(plansQuery(batch.id));
  const [asking, setAsking] = useState(false);
  const decided = batch.status === 'accepted' || batch.status === 'withdrawn';
  if (!plans.data || (decided && plans.data.results.length === 0)) return null;
  return (
    <Section
      title={t('plan.title')}
      aside={
        !decided &&
        !asking && (
          <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
            {t('plan.new')}
          </Button>
        )
      }
    >
      <Stack gap="sm">
        {asking && <NewPlan batch={batch.id} onDone={() => setAsking(false)} />}
        {plans.data.results.length === 0 && !asking && <Text c="dimmed">{t('plan.none')}</Text>}
        {plans.data.results.map((plan) => (
          <Shown key={plan.id} plan={plan} batch={batch} />
        ))}
      </Stack>
    </Section>
  );
}

function NewPlan({ batch, onDone }: { batch: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation('desk');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState({ by_risk: 20, tolerable: 5, confidence: 95 });
  const body = { by_risk: wanted.by_risk, tolerable: wanted.tolerable / 100, confidence: wanted.confidence / 100 };
  const preview = useQuery(planPreviewQuery(batch, body));
  const making = useMutation({
    mutationFn: () => makePlan(batch, body),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: plansQuery(batch).queryKey });
      onDone();
    },
  });
  const field = (name: keyof typeof wanted, min: number, max: number): ReactNode => (
    <NumberField
      label={t(`plan.field.${name}`)}
      value={wanted[name]}
      min={min}
      max={max}
      onChange={(value) => setWanted((before) => ({ ...before, [name]: value }))}
      w="14rem"
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack gap="xs">
        <Group align="flex-end">
          {field('by_risk', 0, 1_000_000)}
          {field('tolerable', 0, 99)}
          {field('confidence', 50, 99)}
        </Group>
        {preview.data && (
          <Text role="status">
            {t('plan.preview', {
              count: preview.data.by_risk + preview.data.at_random,
              population: formatNumber(preview.data.population),
              random: formatNumber(preview.data.at_random),
              bound: formatPercent(preview.data.bound),
            })}
          </Text>
        )}
        {(making.error ?? preview.error) && (
          <Notice tone="bad" role="alert">
            <ErrorText error={making.error ?? preview.error} />
          </Notice>
        )}
        <Group gap="xs">
          <Button type="submit" loading={making.isPending}>
            {t('plan.draw')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {common('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Shown({ plan, batch }: { plan: Plan; batch: Batch }): ReactNode {
  const { t } = useTranslation('desk');
  const queries = useQueryClient();
  const accepting = useMutation({
    mutationFn: () => acceptOnPlan(batch.id, plan.id),
    onSuccess: (changed) => {
      queries.setQueryData(batchQuery(batch.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  return (
    <div>
      <Text>
        {t('plan.progress', {
          risk: formatNumber(plan.reviewed_by_risk),
          allRisk: formatNumber(plan.by_risk),
          random: formatNumber(plan.reviewed_at_random),
          allRandom: formatNumber(plan.at_random),
          faulty: formatNumber(plan.faulty_by_risk + plan.faulty_at_random),
        })}
      </Text>
      <Text fw={600}>
        {plan.bound === null
          ? t('plan.open')
          : t('plan.shows', {
              confidence: formatPercent(plan.confidence, 0),
              bound: formatPercent(plan.bound),
              count: plan.unreviewed,
            })}
      </Text>
      {plan.bound !== null && !plan.holds && plan.done && (
        <Text>{t('plan.fails', { tolerable: formatPercent(plan.tolerable, 0) })}</Text>
      )}
      <Group gap="xs" mt={4}>
        {!plan.done && (
          <Button component={Link} to={withFilters(paths.desk(batch.id), { plan: plan.id })} size="compact-sm">
            {t('plan.review')}
          </Button>
        )}
        {plan.holds && batch.status === 'in_review' && (
          <Button size="compact-sm" loading={accepting.isPending} onClick={() => accepting.mutate()}>
            {t('plan.accept', { count: plan.unreviewed })}
          </Button>
        )}
      </Group>
      {accepting.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={accepting.error} />
        </Notice>
      )}
    </div>
  );
}
