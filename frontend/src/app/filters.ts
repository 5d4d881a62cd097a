import { useSearchParams } from 'react-router';

type Filters<Name extends string> = Record<Name, string>;

/** A list's filters, kept in the address, so that a view can be sent to a colleague. Unset ones are ''. To set one may take `off` others. */
export function useFilters<Name extends string>(
  names: readonly Name[],
): [Filters<Name>, (name: Name, value: string, off?: readonly Name[]) => void] {
  const [search, setSearch] = useSearchParams();
  const filters = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ''])) as Filters<Name>;
  const set = (name: Name, value: string, off: readonly Name[] = []): void => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        for (const other of off) next.delete(other);
        return next;
      },
      { replace: true },
    );
  };
  return [filters, set];
}

/** An address with filters set. */
export function withFilters(path: string, filters: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}
