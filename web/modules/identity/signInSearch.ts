import { localPath } from '../../../src/kernel/contract/local-path.ts';

export interface SignInSearch {
  /** Where one wanted to go. */
  next?: string;
  /** Its short name, for those who belong to several. */
  workspace?: string;
  /** Why a provider's sign-in came back without a session. */
  problem?: string;
}

export const signInSearch = (search: Record<string, unknown>): SignInSearch => ({
  next: typeof search.next === 'string' ? localPath(search.next) : undefined,
  workspace: typeof search.workspace === 'string' && search.workspace !== '' ? search.workspace : undefined,
  problem: typeof search.problem === 'string' ? search.problem : undefined,
});
