import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useRef, type FormEvent } from 'react';
import { ApiError } from '@/api/errors';
import type { Schema } from '@/api/schemas';
import { uuid } from '@/app/uuid';

interface Publishing<Batch> {
  publishing: UseMutationResult<Batch, Error, void>;
  previewing: UseMutationResult<Schema<'Preview'>, Error, void>;
  error: Error | null;
  /** What is wrong, by field. */
  fields: ApiError['fields'];
  submit: (event: FormEvent) => void;
}

interface Asked<Body, Batch> {
  project: string;
  body: () => Body;
  publish: (project: string, body: Body & { submission_id: string }) => Promise<Batch>;
  preview: (project: string, body: Body) => Promise<Schema<'Preview'>>;
  onPreview: (preview: Schema<'Preview'>) => void;
}

/**
 * A form that publishes a batch and previews it before. A preview is refused as publishing is, and says so at the same
 * places. What is sent again unchanged, because no answer came, has the same id, and makes no second batch.
 */
export function usePublishing<Body extends object, Batch>({
  project,
  body,
  publish,
  preview,
  onPreview,
}: Asked<Body, Batch>): Publishing<Batch> {
  const queries = useQueryClient();
  const sent = useRef({ body: '', id: '' });
  const publishing = useMutation({
    mutationFn: () => {
      const asked = body();
      const text = JSON.stringify(asked);
      if (sent.current.body !== text) sent.current = { body: text, id: uuid() };
      return publish(project, { ...asked, submission_id: sent.current.id });
    },
    onSuccess: () => {
      sent.current = { body: '', id: '' };
      void queries.invalidateQueries({ queryKey: ['project', project] });
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  const previewing = useMutation({ mutationFn: () => preview(project, body()), onMutate: publishing.reset, onSuccess: onPreview });
  const error = previewing.error ?? publishing.error;
  return {
    publishing,
    previewing,
    error,
    fields: error instanceof ApiError ? error.fields : {},
    submit: (event) => {
      event.preventDefault();
      previewing.reset();
      publishing.mutate();
    },
  };
}
