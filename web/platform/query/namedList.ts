import type { SearchAnswer } from '../../../src/platform/search/contract.ts';
import { api, type Page } from './api.ts';
import { ApiError } from './problem.ts';

const pause_ms = 1_000;
const tries_max = 30;

/**
 * Reads a page of a list. Where names are sealed the server first has to read them, and cannot sort many records by
 * them: those come in the order that the answer names.
 */
export async function readNamedList<T>(
  path: string,
  query: Parameters<typeof api.get>[1],
  signal?: AbortSignal,
): Promise<Page<T>> {
  for (let tries = 1; ; tries++) {
    try {
      return await api.get<Page<T>>(path, query, signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.problem.errors.some(({ code }) => code === 'too_many_to_sort'))
        return api.get<Page<T>>(path, { ...query, sort: null }, signal);
      if (error.code !== 'names_being_read' || tries === tries_max) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
    signal?.throwIfAborted();
  }
}

const again_ms = 700;

/** When a search is asked again that did not look at sealed names, because the server was reading them. */
export const searchAgain = ({ state }: { state: { data?: Pick<SearchAnswer, 'names_sealed'> | undefined } }) =>
  state.data?.names_sealed === 'being_read' && again_ms;
