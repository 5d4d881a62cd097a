import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { ApiError } from '@/api/errors';
import type { Schema } from '@/api/schemas';

interface Publishing<Batch> {
  publishing: UseMutationResult<Batch, Error, void>;
  previewing: UseMutationResult<Schema<'Preview'>, Error, void>;
  error: Error | null;
  /** What is wrong, by field. */
  fields: ApiError['fields'];
  submit: (event: FormEvent) => void;
}

interface Asked<Batch> {
  project: string;
  publish: () => Promise<Batch>;
  preview: () => Promise<Schema<'Preview'>>;
  onPreview: (preview: Schema<'Preview'>) => void;
}

/** A form that publishes a batch and previews it before. A preview is refused as publishing is, and says so at the same places. */
export function usePublishing<Batch>({ project, publish, preview, onPreview }: Asked<Batch>): Publishing<Batch> {
  const queries = useQueryClient();
  const publishing = useMutation({
    mutationFn: publish,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['project', project] });
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  const previewing = useMutation({ mutationFn: preview, onMutate: publishing.reset, onSuccess: onPreview });
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
